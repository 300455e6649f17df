import type { Clock } from '../../src/kernel/clock.ts';

export interface ManualClock extends Clock {
  /** Moves time on, running what is due in order and letting promises settle in between. */
  advance(byMs: number): Promise<void>;
  /** Timers that are still set: a test for leaks. */
  readonly timers: number;
}

/** A clock that stands still until a test moves it. */
export function createManualClock(): ManualClock {
  let nowMs = 0;
  const tasks = new Set<{ readonly atMs: number; readonly run: () => void }>();

  return {
    nowMs: () => nowMs,
    schedule(delayMs, run) {
      const task = { atMs: nowMs + delayMs, run };
      tasks.add(task);
      return () => void tasks.delete(task);
    },
    get timers() {
      return tasks.size;
    },
    async advance(byMs) {
      const untilMs = nowMs + byMs;
      await settle();
      for (;;) {
        const [next] = [...tasks].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
        if (next === undefined) break;
        nowMs = next.atMs;
        tasks.delete(next);
        next.run();
        await settle();
      }
      nowMs = untilMs;
      await settle();
    },
  };
}

/** Lets promises that can settle do so. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
