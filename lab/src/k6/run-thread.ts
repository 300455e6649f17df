import { Worker } from 'node:worker_threads';
import type { RunHost, TextOutput, TextOutputFacts } from './run-host.ts';
import type { SignalMessage, ThreadMessage, ThreadOrder } from './thread-messages.ts';

/** The compiled entry, from the compiled file as from the source. */
const program = new URL('../../dist/entries/k6-thread.js', import.meta.url);

/** For 1400 nested calls; the heap has the limits of the main thread. */
const resourceLimits = { stackSizeMb: 64 };

/**
 * Runs a script in a thread of its own (`entries/k6-thread.ts`), because the main thread's stack is too small for
 * scripts that nest their calls; resolves with the exit code. Rejects, after all that the thread wrote, with what it
 * did not catch.
 */
export async function runInThread(host: RunHost, args: readonly string[]): Promise<number> {
  const order: ThreadOrder = {
    arguments: args,
    environment: { ...host.environment },
    workingFolder: host.workingFolder,
    stdout: factsOf(host.stdout),
    stderr: factsOf(host.stderr),
  };
  const worker = new Worker(program, { name: 'k6', workerData: order, resourceLimits });
  const over = new AbortController();
  const passOn = (name: SignalMessage): void => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- to a thread, not to a window
    const send = () => worker.postMessage(name);
    if (host[name].aborted) send();
    else host[name].addEventListener('abort', send, { signal: over.signal });
  };
  passOn('signal');
  passOn('urgentSignal');
  try {
    return await new Promise<number>((resolve, reject) => {
      worker.on('message', (message: ThreadMessage) => {
        if ('exitCode' in message) resolve(message.exitCode);
        else host[message.to].write(message.text);
      });
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the thread of the script ended with code ${code}`)));
    });
  } finally {
    over.abort();
    await worker.terminate();
  }
}

function factsOf({ isTerminal, colour }: TextOutput): TextOutputFacts {
  return { isTerminal, colour };
}
