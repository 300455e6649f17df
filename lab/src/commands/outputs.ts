import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { EventListener } from '../core/events.ts';
import { UsageError } from '../core/settings.ts';
import { createJsonLines } from '../events/json-lines.ts';
import { openLineFile } from '../events/line-file.ts';
import { createRemoteWriteFold } from '../events/remote-write.ts';
import { toRemoteWriteTarget } from '../events/remote-write-target.ts';
import { createRemoteWriter } from '../events/remote-writer.ts';
import type { Host } from './host.ts';

/** Where the data of a run goes while it runs, beside its recording. */
interface RunOutput {
  readonly listener: EventListener;
  close(): Promise<void>;
}

type Log = (line: string) => void;
type Opening = (host: Host, log: Log) => Promise<RunOutput>;

const legalOutputs = 'json=<file>, experimental-prometheus-rw[=<url>]';

/** By name, in k6's spelling: what `name=argument` opens. The argument is checked at once, nothing is opened yet. */
const kinds: Readonly<Record<string, (argument: string, environment: Host['environment']) => Opening>> = {
  json: (path) => {
    if (path === '') throw new UsageError('--out json: expected json=<file>');
    return (host, log) => openJson(path, host, log);
  },
  'experimental-prometheus-rw': (url, environment) => {
    const target = toRemoteWriteTarget(url, environment);
    return (host, log) => Promise.resolve(openRemoteWrite(target, host, log));
  },
};

export function addOutOption(command: Command): Command {
  return command.option(
    '-o, --out <output>',
    `the data of every second, while it runs: ${legalOutputs}; repeatable`,
    (value: string, previous: readonly string[]) => [...previous, value],
    [],
  );
}

/** Reads the values of `--out`; throws UsageError with what is legal. */
export function parseOutputs(texts: readonly string[], environment: Host['environment']): readonly Opening[] {
  return texts.map((text) => {
    const [name = '', ...rest] = text.split('=');
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) throw new UsageError(`Unknown output "${name}". Known: ${legalOutputs}.`);
    return kind(rest.join('='), environment);
  });
}

/** Does the work of a run with its outputs open; they are closed in any case. An output that fails never fails the run. */
export async function withOutputs<Result>(
  host: Host,
  openings: readonly Opening[],
  log: Log,
  work: (listener: EventListener) => Promise<Result>,
): Promise<Result> {
  const outputs: RunOutput[] = [];
  try {
    for (const open of openings) outputs.push(await open(host, log));
    return await work((event) => outputs.forEach(({ listener }) => listener(event)));
  } finally {
    await Promise.all(outputs.map((output) => output.close()));
  }
}

async function openJson(path: string, host: Host, log: Log): Promise<RunOutput> {
  const fail = (error: Error) => `--out json=${path} cannot be written: ${error.message}`;
  const file = await openLineFile(resolve(host.workingFolder, path), (error) => log(fail(error))).catch(
    (error: Error) => {
      throw new UsageError(fail(error), { cause: error });
    },
  );
  const linesOf = createJsonLines(() => host.clock.now().getTime());
  return {
    listener: (event) => linesOf(event).forEach((line) => file.write(line)),
    close: () => file.close(),
  };
}

function openRemoteWrite(target: ReturnType<typeof toRemoteWriteTarget>, host: Host, log: Log): RunOutput {
  const fold = createRemoteWriteFold(() => host.clock.now().getTime());
  const writer = createRemoteWriter({ ...target, post: fetch, clock: host.clock, signal: host.signal, log });
  return {
    listener: (event) => writer.push(fold.seriesOf(event)),
    close: async () => {
      writer.push(fold.end());
      await writer.close();
    },
  };
}
