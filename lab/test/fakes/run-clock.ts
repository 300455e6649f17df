import type { RunClock } from '../../src/k6/clock.ts';
import { createHandClock } from './hand-clock.ts';

/** A clock of the k6 runner that stands still until it is turned. */
export interface HandRunClock extends RunClock {
  advance(ms: number): Promise<void>;
}

export function createHandRunClock(): HandRunClock {
  const clock = createHandClock(0);
  return {
    nowMs: clock.monotonicMs,
    epochMs: () => 1_700_000_000_000 + clock.monotonicMs(),
    pause: (durationMs, signal) => clock.sleep(durationMs, signal).catch(() => undefined),
    advance: clock.advance,
  };
}
