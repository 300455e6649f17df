import type { Clock } from './kernel/clock.ts';

/** The real clock. Times above 2^31 − 1 ms cannot be scheduled by Node; every maximum here is far below. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  schedule(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
