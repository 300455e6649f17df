/** A clock that stands still until it is turned. */
export interface HandClock {
  monotonicMs(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Turns it on, waking every sleeper at its own time, in order; what they start in turn happens as well. */
  advance(ms: number): Promise<void>;
}

interface Sleeper {
  readonly dueMs: number;
  wake(): void;
}

export function createHandClock(startMs = 1_000_000): HandClock {
  let nowMs = startMs;
  const sleepers = new Set<Sleeper>();

  const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      const leave = (): void => {
        sleepers.delete(sleeper);
        reject(signal.reason as Error);
      };
      const sleeper = {
        dueMs: nowMs + ms,
        wake: (): void => {
          sleepers.delete(sleeper);
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      sleepers.add(sleeper);
      signal.addEventListener('abort', leave, { once: true });
    });

  async function advance(ms: number): Promise<void> {
    const endMs = nowMs + ms;
    await settle();
    for (;;) {
      const [next] = [...sleepers]
        .filter(({ dueMs }) => dueMs <= endMs)
        .sort((left, right) => left.dueMs - right.dueMs);
      if (next === undefined) break;
      nowMs = Math.max(nowMs, next.dueMs);
      next.wake();
      await settle();
    }
    nowMs = endMs;
  }

  return { monotonicMs: () => nowMs, sleep, advance };
}

/** Lets every promise that can go on do so: a turn of the event loop comes after all of them. */
export function settle(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
