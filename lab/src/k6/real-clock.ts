import { performance } from 'node:perf_hooks';
import type { RunClock } from './clock.ts';

/** Node's timers take no longer time than this. */
const longestTimerMs = 2 ** 31 - 1;

export const realClock: RunClock = {
  nowMs: () => performance.now(),
  epochMs: () => Date.now(),
  pause: (durationMs, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, Math.min(durationMs, longestTimerMs));
      signal.addEventListener('abort', end, { once: true });
    }),
};
