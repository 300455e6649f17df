import { createNodeHost } from './entries/node-host.ts';
import { runCommandLine } from './commands/command-line.ts';

const stop = new AbortController();
let stoppedBy: 'SIGINT' | 'SIGTERM' | undefined;
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    // A second signal changes nothing: everything is being ended already, each step with a deadline.
    stoppedBy ??= name;
    stop.abort(new Error(`stopped by ${name}`));
  });
}
// A reader that has gone (`lab list | head`) is no fault of ours.
process.stdout.on('error', () => {});

const exitCode = await runCommandLine(createNodeHost(stop.signal));
process.exitCode = stoppedBy === undefined ? exitCode : stoppedBy === 'SIGINT' ? 130 : 143;
