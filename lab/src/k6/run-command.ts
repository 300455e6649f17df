import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { openLineFile } from '../events/line-file.ts';
import type { RunConfiguration } from './configuration.ts';
import { scriptEnvironment } from './environment.ts';
import { K6Error, k6ExitCodes } from './exit-code.ts';
import { readRunFlags, type RunFlags } from './flags.ts';
import { gatherLines } from './gather-lines.ts';
import { createJsonOutput } from './json-output.ts';
import type { Output } from './metric.ts';
import { optionsFromEnvironment } from './options-table.ts';
import { realClock } from './real-clock.ts';
import type { RunHost } from './run-host.ts';
import { runScript } from './run-script.ts';
import { createVuFactory } from './sandbox/vu-factory.ts';

/** Runs a script as the arguments after `k6 run` say; resolves with the exit code. */
export async function runCommand(host: RunHost, args: readonly string[]): Promise<number> {
  let flags: RunFlags;
  try {
    flags = readRunFlags(args, host.environment);
  } catch (error) {
    if (!(error instanceof K6Error)) throw error;
    host.stderr.write(`lab k6 run: ${error.message}\n`);
    return error.exitCode;
  }
  return runScript({
    scriptPath: resolve(host.workingFolder, flags.script),
    flags,
    environmentOptions: optionsFromEnvironment(host.environment),
    environment: scriptEnvironment(flags, host.environment),
    clock: realClock,
    signal: host.signal,
    urgentSignal: host.urgentSignal,
    terminal: {
      stdout: (text) => host.stdout.write(text),
      stderr: (text) => host.stderr.write(text),
      isStdoutTerminal: host.stdout.isTerminal,
      isStderrTerminal: host.stderr.isTerminal,
      colour: host.stdout.colour && !flags.noColor,
    },
    createVuFactory: (options) => createVuFactory({ ...options, clock: realClock }),
    openOutput: (flag, thresholds) => openOutput(host, flag, thresholds),
    writeFile: (path, text) => writeFile(resolve(host.workingFolder, path), text),
  });
}

/** `json=<file>`, or `json` for stdout. */
async function openOutput(
  host: RunHost,
  flag: string,
  thresholds: RunConfiguration['thresholds'],
): Promise<Output> {
  const path = flag.replace(/^json=?/, '');
  if (path === '' || path === '-') {
    const write = (lines: string) => host.stdout.write(`${lines}\n`);
    return createJsonOutput(gatherLines({ write, close: () => Promise.resolve() }), thresholds);
  }
  const fail = (error: Error) => host.stderr.write(`lab k6 run: --out ${flag}: ${error.message}\n`);
  try {
    const file = await openLineFile(resolve(host.workingFolder, path), fail);
    return createJsonOutput(gatherLines(file), thresholds);
  } catch (error) {
    throw new K6Error(k6ExitCodes.invalidConfiguration, `--out ${flag}: ${String(error)}`);
  }
}
