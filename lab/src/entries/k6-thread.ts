/** The thread of a run of a k6 script: started by k6/run-thread.ts. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { runCommand } from '../k6/run-command.ts';
import type { TextOutput } from '../k6/run-host.ts';
import type { SignalMessage, ThreadMessage, ThreadOrder } from '../k6/thread-messages.ts';

const order = workerData as ThreadOrder;
const port = parentPort as MessagePort;
const stops = { signal: new AbortController(), urgentSignal: new AbortController() };
port.on('message', (name: SignalMessage) => stops[name].abort());

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- to a thread, not to a window
const send = (message: ThreadMessage): void => port.postMessage(message);
const toOutput = (to: 'stdout' | 'stderr'): TextOutput => ({
  ...order[to],
  write: (text) => send({ to, text }),
});

const exitCode = await runCommand(
  {
    environment: order.environment,
    workingFolder: order.workingFolder,
    stdout: toOutput('stdout'),
    stderr: toOutput('stderr'),
    signal: stops.signal.signal,
    urgentSignal: stops.urgentSignal.signal,
  },
  order.arguments,
);
send({ exitCode });
