import { createNodeHost } from './entries/node-host.ts';
import { runCommandLine } from './commands/command-line.ts';
import { k6ExitCodes } from './k6/exit-code.ts';

const stop = new AbortController();
const urgentStop = new AbortController();
let stoppedBy: 'SIGINT' | 'SIGTERM' | undefined;
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    // To the lab's own runs a second signal changes nothing: everything is being ended already, each step with a deadline.
    if (stoppedBy !== undefined) urgentStop.abort(new Error(`stopped by ${name} again`));
    stoppedBy ??= name;
    stop.abort(new Error(`stopped by ${name}`));
  });
}
// A reader that has gone (`lab list | head`) is no fault of ours.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const exitCode = await runCommandLine(createNodeHost(stop.signal, urgentStop.signal));
// A run of a k6 script has a code of its own for that.
const isSaid = stoppedBy === undefined || exitCode === k6ExitCodes.externalAbort;
process.exitCode = isSaid ? exitCode : stoppedBy === 'SIGINT' ? 130 : 143;
