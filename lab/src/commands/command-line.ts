import { Command, CommanderError } from 'commander';
import type { AddCommand } from './command.ts';
import { addBenchCommand } from './bench.ts';
import { addDemoCommand } from './demo.ts';
import { addDoctorCommand } from './doctor.ts';
import { exitCodes, type Host } from './host.ts';
import { addK6Command } from './k6.ts';
import { addListCommand } from './list.ts';
import { addPlanCommand } from './plan.ts';
import { addReportCommand } from './report.ts';
import { addRunCommand } from './run.ts';
import { addUpCommand } from './up.ts';

/** Errors with one of these codes are the user's to mend: wrong usage or a bad configuration, never a crash of ours. */
const configurationCodes = new Set([
  'USAGE',
  'no-postgres-binary',
  'no-unprivileged-user',
  'database-unreachable',
  'port-taken',
  'run-in-progress',
  'not-built',
  'not-supported',
  'engine-unusable',
  'image-missing',
  'bad-configuration',
]);

/** Parses the arguments, runs the command, and returns the exit code; never throws and never exits. */
export async function runCommandLine(host: Host): Promise<number> {
  let exitCode: number = exitCodes.asDeclared;
  const program = createProgram(host, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...host.arguments], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
    if (host.signal.aborted) {
      host.stderr.write('lab: stopped; nothing is left running, and what was measured is kept in runs/\n');
      return exitCodes.internal;
    }
    const { code, message, stack } = toError(error);
    const isUsage = code !== undefined && configurationCodes.has(code);
    host.stderr.write(
      `${isUsage || host.environment['LAB_DEBUG'] === undefined ? `lab: ${message}` : stack}\n`,
    );
    return isUsage ? exitCodes.usage : exitCodes.internal;
  }
}

function createProgram(host: Host, finish: (exitCode: number) => void): Command {
  const program = new Command('lab')
    .description('Breaks a backend under load on purpose, and measures what helps.')
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
    })
    .addHelpText(
      'after',
      '\nExit codes: 0 as declared, 1 not as declared, 2 wrong usage, 3 inconclusive, 70 the lab failed, 130/143 stopped.',
    );
  const all: readonly AddCommand[] = [
    addDemoCommand,
    addRunCommand,
    addListCommand,
    addUpCommand,
    addReportCommand,
    addDoctorCommand,
    addBenchCommand,
    addK6Command,
    addPlanCommand,
  ];
  for (const add of all) add(program, host, finish);
  for (const command of program.commands) command.copyInheritedSettings(program);
  return program;
}

function toError(error: unknown): { code?: string; message: string; stack: string } {
  if (!(error instanceof Error)) return { message: String(error), stack: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return { ...code, message: error.message, stack: error.stack ?? error.message };
}
