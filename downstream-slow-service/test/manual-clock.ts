import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../src/kernel/clock.ts';

interface Sleeper {
  readonly wakeAtMs: number;
  readonly wake: () => void;
}

/** A clock that stands still until the test moves it. */
export interface ManualClock extends Clock {
  /** Moves on, wakes who is due in the order of their times, and lets what follows from it happen. */
  advance(durationMs: number): Promise<void>;
  /** How many sleep now. */
  sleeping(): number;
}

export function createManualClock(): ManualClock {
  let currentMs = 0;
  const sleepers = new Set<Sleeper>();

  const wakeNext = (untilMs: number): boolean => {
    const [next] = [...sleepers].sort((left, right) => left.wakeAtMs - right.wakeAtMs);
    if (next === undefined || next.wakeAtMs > untilMs) return false;
    currentMs = Math.max(currentMs, next.wakeAtMs);
    next.wake();
    return true;
  };

  return {
    monotonicMs: () => currentMs,
    nowMs: () => currentMs,
    sleeping: () => sleepers.size,
    sleep: (durationMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const leave = () => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        };
        const wake = () => {
          sleepers.delete(sleeper);
          signal.removeEventListener('abort', leave);
          resolve();
        };
        const sleeper = { wakeAtMs: currentMs + durationMs, wake };
        sleepers.add(sleeper);
        signal.addEventListener('abort', leave, { once: true });
      }),
    advance: async (durationMs) => {
      const untilMs = currentMs + durationMs;
      await settle();
      while (wakeNext(untilMs)) await settle();
      currentMs = untilMs;
    },
  };
}

/** Lets everything that is ready run: a few turns of the event loop, which no timer is part of. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
}
