/** Cancels what was scheduled; calling it twice, or after the time, does nothing. */
export type Cancel = () => void;

/**
 * Time as the logic sees it. It comes in as a parameter, so a test can move it by hand.
 * `nowMs` is monotonic and only good for differences.
 */
export interface Clock {
  nowMs(): number;
  /** Runs `task` once after `delayMs` milliseconds. */
  schedule(delayMs: number, task: () => void): Cancel;
}

/** Resolves after `delayMs`; rejects with the signal's reason as soon as it aborts, and leaves no timer behind. */
export function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(reasonOf(signal));
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(reasonOf(signal));
    };
    const cancel = clock.schedule(delayMs, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** Rejects as soon as the signal aborts, also when the work does not listen to it; leaves no listener behind. */
export function orAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(reasonOf(signal));
      return;
    }
    const onAbort = (): void => reject(reasonOf(signal));
    const stopListening = (): void => signal.removeEventListener('abort', onAbort);
    signal.addEventListener('abort', onAbort);
    const succeed = (value: T): void => {
      stopListening();
      resolve(value);
    };
    const fail = (error: unknown): void => {
      stopListening();
      reject(error);
    };
    work().then(succeed, fail);
  });
}

/** The reason of an aborted signal as an Error, whatever the aborting side gave. */
export function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error(`aborted: ${String(reason)}`);
}
