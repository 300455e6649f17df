import type { Clock } from './kernel/clock.ts';

/** The clock of this machine. Timers are Node's: they fire up to about 1 ms late, never early by more than 1 ms. */
export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  nowMs: () => Date.now(),
  sleep: (durationMs, signal) => {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (durationMs <= 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', leave);
        resolve();
      }, durationMs);
      signal.addEventListener('abort', leave, { once: true });
    });
  },
};
