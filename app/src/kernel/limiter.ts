import { reasonOf } from './clock.ts';

export interface Limiter {
  /** Resolves when a slot is taken, at once or after waiting; false when slots and queue are full. */
  enter(signal: AbortSignal): Promise<boolean>;
  /** Gives the slot back; the longest waiting caller gets it. */
  leave(): void;
  /** Callers inside and waiting. */
  readonly size: number;
}

/** At most `limit` callers inside, at most `queueLimit` waiting, first come first served. A waiter whose signal aborts leaves the queue. */
export function createLimiter(limit: number, queueLimit: number): Limiter {
  const waiters = new Set<() => void>();
  let inside = 0;

  return {
    get size() {
      return inside + waiters.size;
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
