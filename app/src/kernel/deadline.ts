import { setMaxListeners } from 'node:events';
import type { Call, Work } from './call.ts';
import { orAborted, reasonOf, type Clock } from './clock.ts';

/**
 * Runs `work` with a signal that aborts after `delayMs` (reason: what `onDeadline` returns) or together with the
 * caller's signal, and rejects at that moment with the reason, also when the work does not listen.
 * The timer is gone when the promise settles. Own timers instead of `AbortSignal.timeout`: they follow the injected clock.
 */
export async function withDeadline<T>(
  work: Work<T>,
  call: Call,
  clock: Clock,
  delayMs: number,
  onDeadline: () => Error,
): Promise<T> {
  const controller = new AbortController();
  const cancel = clock.schedule(delayMs, () => controller.abort(onDeadline()));
  try {
    return await withController(work, call, controller);
  } finally {
    cancel();
  }
}

/** Runs `work` under `controller`, which also follows the caller's signal; rejects as soon as it aborts. */
export async function withController<T>(work: Work<T>, call: Call, controller: AbortController): Promise<T> {
  const { signal } = controller;
  // Work may wait for many things at once; Node's warning about more than ten listeners does not apply.
  setMaxListeners(0, signal);
  const follow = (): void => controller.abort(call.signal.reason);
  if (call.signal.aborted) throw reasonOf(call.signal);
  call.signal.addEventListener('abort', follow, { once: true });
  try {
    return await orAborted(signal, () => work({ ...call, signal }));
  } finally {
    call.signal.removeEventListener('abort', follow);
  }
}
