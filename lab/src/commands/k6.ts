import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { RunConfiguration } from '../k6/configuration.ts';
import { openLineFile } from '../events/line-file.ts';
import { scriptEnvironment } from '../k6/environment.ts';
import { K6Error, k6ExitCodes } from '../k6/exit-code.ts';
import { describeFlags, readRunFlags, type RunFlags } from '../k6/flags.ts';
import { createJsonOutput } from '../k6/json-output.ts';
import { gatherLines } from '../k6/gather-lines.ts';
import type { Output } from '../k6/metric.ts';
import { optionsFromEnvironment } from '../k6/options-table.ts';
import { realClock } from '../k6/real-clock.ts';
import { runScript } from '../k6/run-script.ts';
import { createVuFactory } from '../k6/sandbox/vu-factory.ts';
import type { AddCommand } from './command.ts';
import type { Host } from './host.ts';

export const addK6Command: AddCommand = (program, host, finish) => {
  const k6 = program.command('k6').description('runs k6 scripts with nothing but Node');
  k6.command('run')
    .description("runs a script; its exit code is k6's")
    .usage('<script> [flags of k6]')
    .argument('[arguments...]')
    .allowUnknownOption()
    .addHelpText('after', `\nFlags, with k6's names and meaning:\n${describeFlags()}`)
    .action(async (args: string[]) => {
      finish(await runK6(host, args));
    });
};

async function runK6(host: Host, args: readonly string[]): Promise<number> {
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
  host: Host,
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
