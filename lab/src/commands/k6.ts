import { describeFlags } from '../k6/flags.ts';
import { runInThread } from '../k6/run-thread.ts';
import type { AddCommand } from './command.ts';

export const addK6Command: AddCommand = (program, host, finish) => {
  const k6 = program.command('k6').description('runs k6 scripts with nothing but Node');
  k6.command('run')
    .description("runs a script; its exit code is k6's")
    .usage('<script> [flags of k6]')
    .argument('[arguments...]')
    .allowUnknownOption()
    .addHelpText('after', `\nFlags, with k6's names and meaning:\n${describeFlags()}`)
    .action(async (args: string[]) => {
      finish(await runInThread(host, args));
    });
};
