import { reasonOf } from './clock.ts';

export interface Limiter {
  /** Resolves when a slot is taken, at once or after waiting; false when slots and queue are full. */
  enter(signal: AbortSignal): Promise<boolean>;
  /** Gives the slot back; the longest waiting caller gets it. */
  leave(): void;
  /** Callers inside and waiting. */
  readonly size: number;
  /** True when who enters now has to wait, and may. */
  readonly wouldQueue: boolean;
}

/** What is told, and thrown, on the way in. */
export interface Turn {
  onQueued(): void;
  /** The error for a caller that finds slots and queue full. */
  onFull(): Error;
}

/** Does `work` when it is its turn. @throws what `onFull` gives, or the signal's reason while it waits. */
export async function takeTurn<T>(
  limiter: Limiter,
  signal: AbortSignal,
  { onQueued, onFull }: Turn,
  work: () => Promise<T>,
): Promise<T> {
  if (limiter.wouldQueue) onQueued();
  if (!(await limiter.enter(signal))) throw onFull();
  try {
    return await work();
  } finally {
    limiter.leave();
  }
}

/** At most `limit` callers inside, at most `queueLimit` waiting, first come first served. A waiter whose signal aborts leaves the queue. */
export function createLimiter(limit: number, queueLimit: number): Limiter {
  const waiters = new Set<() => void>();
  let inside = 0;

  return {
    get size() {
      return inside + waiters.size;
    },
    get wouldQueue() {
      return inside >= limit && waiters.size < queueLimit;
    },
    enter(signal) {
      if (inside < limit) {
        inside += 1;
        return Promise.resolve(true);
      }
      if (waiters.size >= queueLimit) return Promise.resolve(false);
      return new Promise((resolve, reject) => {
        const onAbort = (): void => {
          waiters.delete(admit);
          reject(reasonOf(signal));
        };
        const admit = (): void => {
          signal.removeEventListener('abort', onAbort);
          resolve(true);
        };
        waiters.add(admit);
        if (signal.aborted) onAbort();
        else signal.addEventListener('abort', onAbort, { once: true });
      });
    },
    leave() {
      const [next] = waiters;
      if (next === undefined) {
        inside -= 1;
        return;
      }
      waiters.delete(next);
      next();
    },
  };
}
