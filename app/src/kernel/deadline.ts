import { setMaxListeners } from 'node:events';
import type { Call, Work } from './call.ts';
import { reasonOf, type Cancel, type Clock } from './clock.ts';

/** Ends the work with a reason; after the work has ended, or a second time, it does nothing. */
export type End = (reason: Error) => void;

/**
 * Runs `work` with a signal that aborts after `delayMs` (reason: what `onDeadline` returns) or together with the
 * caller's signal, and rejects at that moment with the reason, also when the work does not listen.
 * The timer is gone when the promise settles. Own timers instead of `AbortSignal.timeout`: they follow the injected clock.
 */
export function withDeadline<T>(
  work: Work<T>,
  call: Call,
  clock: Clock,
  delayMs: number,
  onDeadline: () => Error,
): Promise<T> {
  return endable(work, call, (end) => clock.schedule(delayMs, () => end(onDeadline())));
}

/**
 * Runs `work` with a signal of its own, which aborts when `watch` says so or together with the caller's, and rejects at
 * that moment with the reason. What `watch` returns is called once, when the promise settles.
 * One promise and one listener, since every call on an edge with a deadline passes here: a signal alone takes 2 µs.
 */
export function endable<T>(work: Work<T>, call: Call, watch: (end: End) => Cancel): Promise<T> {
  return new Promise((resolve, reject) => {
    if (call.signal.aborted) {
      reject(reasonOf(call.signal));
      return;
    }
    const controller = new AbortController();
    const { signal } = controller;
    // Work may wait for many things at once; Node's warning about more than ten listeners does not apply.
    setMaxListeners(0, signal);
    let isOver = false;
    let unwatch: Cancel = () => {};
    const finish = (): void => {
      if (isOver) return;
      isOver = true;
      call.signal.removeEventListener('abort', follow);
      unwatch();
    };
    const succeed = (value: T): void => {
      finish();
      resolve(value);
    };
    const fail = (error: unknown): void => {
      finish();
      reject(error);
    };
    const end = (reason: Error): void => {
      if (isOver) return;
      fail(reason);
      controller.abort(reason);
    };
    const follow = (): void => end(reasonOf(call.signal));
    call.signal.addEventListener('abort', follow);
    unwatch = watch(end);
    // It may have ended at once, before there was anything to call back.
    if (isOver) {
      unwatch();
      return;
    }
    try {
      work({ ...call, signal }).then(succeed, fail);
    } catch (error) {
      fail(error);
    }
  });
}
