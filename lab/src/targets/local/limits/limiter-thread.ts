import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { TargetError } from '../target-error.ts';
import type { ClosedAnswer, LimiterMessage } from './limiter-messages.ts';

/** The compiled entry, from the compiled file as from the source. */
const program = new URL('../../../../dist/entries/limiter.js', import.meta.url);
const answerMs = 1_000;

/** The lab's end of `entries/limiter.ts`. */
export interface LimiterThread {
  send(message: LimiterMessage): void;
  /** Closes a confinement and waits until nothing of it is stopped; false when the thread does not answer. */
  close(id: number): Promise<boolean>;
  /** Why it has ended though nobody asked; null while all is well. */
  readonly failure: string | null;
  end(): Promise<void>;
}

/** `onFailure` is called once when the thread ends unasked: what it had stopped is still stopped then. */
export function startLimiterThread(onFailure: () => void): LimiterThread {
  if (!existsSync(program)) {
    throw new TargetError('not-built', `${fileURLToPath(program)} is missing. Run: npm run build`);
  }
  const worker = new Worker(program, { name: 'limiter', env: {}, execArgv: [] });
  // It never keeps the lab alive.
  worker.unref();
  let isEnding = false;
  let failure: string | null = null;
  const fail = (reason: string): void => {
    if (isEnding || failure !== null) return;
    failure = reason;
    onFailure();
  };
  worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error)));
  worker.on('exit', (code) => fail(`exit code ${code}`));

  const send = (message: LimiterMessage): void => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- to a thread, not to a window
    worker.postMessage(message);
  };

  return {
    send,
    close: async (id) => {
      if (failure !== null) return false;
      worker.ref();
      send({ kind: 'close', id });
      const answered = await waitForAnswer(worker, id);
      worker.unref();
      return answered;
    },
    get failure() {
      return failure;
    },
    end: async () => {
      isEnding = true;
      await worker.terminate();
    },
  };
}

function waitForAnswer(worker: Worker, id: number): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (answered: boolean): void => {
      clearTimeout(timer);
      worker.off('message', onMessage);
      worker.off('exit', onExit);
      resolve(answered);
    };
    const onMessage = ({ closed }: ClosedAnswer): void => {
      if (closed === id) settle(true);
    };
    const onExit = (): void => settle(false);
    const timer = setTimeout(() => settle(false), answerMs);
    worker.on('message', onMessage);
    worker.on('exit', onExit);
  });
}
