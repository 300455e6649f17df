import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { RunDocument } from '../core/document.ts';
import type { EventListener } from '../core/events.ts';
import { exitCodeOf } from '../core/exit-code.ts';
import { toSeries } from '../core/series.ts';
import { UsageError } from '../core/settings.ts';
import { recordingFileName } from '../events/recorder.ts';
import { acquireRunLock } from '../targets/local/run-lock.ts';
import { loadScenarios } from './catalogue.ts';
import type { AddCommand } from './command.ts';
import { parseDriver, toDriverOptions } from './drivers.ts';
import type { Host } from './host.ts';
import { databaseUrlOf, measure } from './measuring-run.ts';
import { addOutOption, parseOutputs, withOutputs } from './outputs.ts';
import { findRunFolder, newRunId, readRunDocument, repetitionFolders, runsFolder } from './run-folder.ts';
import { type Selection, select } from './selection.ts';
import { parseTarget } from './targets.ts';
import { createTerminal, describeRunEnd, describeSeries, type Terminal } from './terminal.ts';

export interface RunFlags {
  readonly arms?: string;
  readonly set: readonly string[];
  readonly with?: string;
  readonly trigger: boolean;
  readonly seed: number;
  readonly repeat?: number;
  readonly resume?: string;
  readonly databaseUrl?: string;
  readonly target?: string;
  readonly driver?: string;
  readonly parallelism?: number;
  readonly json?: boolean;
  readonly out: readonly string[];
}

export const addRunCommand: AddCommand = (program, host, finish) => {
  addRunOptions(
    program
      .command('run')
      .description('runs scenarios and prints their verdicts')
      .argument('<scenario...>', 'names of scenarios, or all'),
  ).action(async (names: string[], flags: RunFlags) => {
    const selections = select(await loadScenarios(), names, flags);
    finish(await runSelections(host, selections, flags, toCommand('npx lab run', names, flags)));
  });
};

function addRunOptions(command: Command): Command {
  const collect = (value: string, previous: readonly string[]) => [...previous, value];
  return addOutOption(command)
    .option('--arms <names>', 'only these arms, by comma (and those that their claims need)')
    .option('--set <path=number>', 'changes a number of the scenario; repeatable', collect, [])
    .option('--with <protections>', 'adds the arm "custom", for example circuit-breaker:openSeconds=30,retry')
    .option('--no-trigger', 'the A/A control: same load, nothing disturbed')
    .option('--seed <number>', 'fixes arrivals and faults', toWhole, 42)
    .option('--repeat <n>', 'this many runs, with their spread', toWhole)
    .option('--resume <id>', 'goes on with a series that --repeat began')
    .option(
      '--database-url <url>',
      'a PostgreSQL to use; the lab makes and drops a database of its own there',
    )
    .option('--target <name>', 'where the system runs: local, compose or kubernetes', 'local')
    .option('--driver <name>', 'who makes the load: embedded (a process), or cluster (pods)', 'embedded')
    .option('--parallelism <n>', 'how many pods of the driver cluster share the load (default: 3)', toWhole)
    .option('--json', 'prints the document of the run to stdout, progress to stderr');
}

/** Runs a selection once, or as a series; prints what came out and returns the exit code. */
export async function runSelections(
  host: Host,
  selections: readonly Selection[],
  flags: RunFlags,
  command: string,
): Promise<number> {
  const target = parseTarget(flags.target ?? 'local', flags.databaseUrl);
  const driver = parseDriver(flags.driver, flags.parallelism, target);
  const databaseUrl = databaseUrlOf(host, flags.databaseUrl);
  const outputs = parseOutputs(flags.out, host.environment);
  const id = flags.resume ?? newRunId(host);
  const lock = acquireRunLock(host.local, id);
  const terminal = createTerminal(host, flags.json === true);
  try {
    return await withOutputs(host, outputs, terminal.log, (onOutput) => {
      const onEvent: EventListener = (event) => {
        terminal.onEvent(event);
        onOutput(event);
      };
      const { log } = terminal;
      const { seed, trigger: withTrigger } = flags;
      const once = (runId: string, folder: string) =>
        measure(host, {
          runId,
          folder,
          selections,
          target,
          driver,
          databaseUrl,
          command,
          seed,
          withTrigger,
          onEvent,
          log,
        });
      return flags.repeat === undefined && flags.resume === undefined
        ? runOnce(host, id, flags, once, terminal)
        : runSeries(host, id, { ...flags, command }, once, log);
    });
  } finally {
    terminal.end();
    lock.release();
  }
}

type MeasureOnce = (runId: string, folder: string) => Promise<RunDocument>;

async function runOnce(
  host: Host,
  id: string,
  flags: RunFlags,
  once: MeasureOnce,
  terminal: Terminal,
): Promise<number> {
  const folder = join(runsFolder(host), id);
  const document = await once(id, folder);
  terminal.end();
  host.stdout.write(
    flags.json === true ? `${JSON.stringify(document)}\n` : describeRunEnd(host, document, folder),
  );
  return exitCodeOf(document.scenarios.map(({ outcome }) => outcome));
}

async function runSeries(
  host: Host,
  seriesId: string,
  flags: RunFlags & { readonly command: string },
  once: MeasureOnce,
  log: (line: string) => void,
): Promise<number> {
  const folder =
    flags.resume === undefined ? join(runsFolder(host), seriesId) : findRunFolder(host, flags.resume);
  const runs = flags.resume === undefined ? [] : repetitionFolders(folder).map(readRunDocument);
  const other = runs.find((run) => run.command !== flags.command);
  if (other !== undefined || existsSync(join(folder, recordingFileName)))
    throw new UsageError(
      `${seriesId} cannot be resumed by this command: ${other === undefined ? 'it is a single run' : `its runs were made by: ${other.command}`}`,
    );
  const wanted = flags.repeat ?? runs.length + 1;
  if (wanted < runs.length)
    throw new UsageError(`series ${seriesId} has ${runs.length} runs already; --repeat ${wanted} is fewer`);
  for (let number = 1; runs.length < wanted; number += 1) {
    const repetition = join(folder, String(number).padStart(3, '0'));
    if (existsSync(repetition)) continue;
    log(`repetition ${runs.length + 1} of ${wanted} of series ${seriesId}`);
    runs.push(await once(`${seriesId}-${number}`, repetition));
  }
  const series = toSeries(seriesId, wanted, runs);
  host.stdout.write(flags.json === true ? `${JSON.stringify(series)}\n` : describeSeries(host, series));
  return exitCodeOf(runs.flatMap((run) => run.scenarios.map(({ outcome }) => outcome)));
}

function toWhole(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0 || value.trim() === '')
    throw new UsageError(`"${value}" is not a whole number of 0 or more`);
  return number;
}

function toCommand(start: string, names: readonly string[], flags: RunFlags): string {
  const words = [start, ...names];
  const target = parseTarget(flags.target ?? 'local', flags.databaseUrl);
  if (target !== 'local') words.push('--target', target);
  words.push(...toDriverOptions(parseDriver(flags.driver, flags.parallelism, target)));
  if (flags.arms !== undefined) words.push('--arms', flags.arms);
  for (const setting of flags.set) words.push('--set', setting);
  if (flags.with !== undefined) words.push('--with', `'${flags.with}'`);
  if (!flags.trigger) words.push('--no-trigger');
  if (flags.seed !== 42) words.push('--seed', String(flags.seed));
  return words.join(' ');
}
