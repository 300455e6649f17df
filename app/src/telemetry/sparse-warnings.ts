import type { Logger } from 'pino';
import type { Clock } from '../kernel/clock.ts';

/** Writes a warning unless one was written shortly before. */
export type Warn = (details: object, message: string) => void;

const PAUSE_MS = 10_000;

/** One warning in ten seconds, with how many were left out since the last one: a cache that is gone would fill the disk. */
export function createSparseWarnings(log: Logger, clock: Clock): Warn {
  let nextMs = -Infinity;
  let leftOut = 0;
  return (details, message) => {
    const nowMs = clock.nowMs();
    if (nowMs < nextMs) {
      leftOut += 1;
      return;
    }
    log.warn({ ...details, leftOut }, message);
    nextMs = nowMs + PAUSE_MS;
    leftOut = 0;
  };
}
