import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  readonly deadlineMs: number;
  readonly intervalMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Asks again and again until the answer is true. False when the deadline passed first; rejects with the signal's
 * reason when it is aborted.
 */
export async function waitUntil(
  isDone: () => boolean | Promise<boolean>,
  options: WaitOptions,
): Promise<boolean> {
  const end = performance.now() + options.deadlineMs;
  for (;;) {
    options.signal?.throwIfAborted();
    if (await isDone()) return true;
    if (performance.now() >= end) return false;
    await pause(options.intervalMs, options.signal);
  }
}

/** Ends at once, and rejects with the signal's own reason, when the signal is aborted. */
export async function pause(durationMs: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(durationMs, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** The promise's result, or the signal's reason if that comes first. The work itself goes on unless it is stopped. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let leave = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    leave = () => reject(signal.reason as Error);
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
