import type { Clock } from './clock.ts';

export interface WindowCounts {
  readonly succeeded: number;
  readonly failed: number;
}

export interface SlidingWindow {
  record(succeeded: boolean): void;
  counts(): WindowCounts;
  clear(): void;
}

const BUCKETS = 10;

interface Bucket {
  index: number;
  succeeded: number;
  failed: number;
}

/**
 * Counts outcomes of the last `windowMs` milliseconds in ten buckets, so memory stays constant at any rate and an
 * outcome leaves at most a tenth of the window late. Source: resilience4j, "CircuitBreaker", time-based sliding window.
 */
export function createSlidingWindow(windowMs: number, clock: Clock): SlidingWindow {
  const bucketMs = windowMs / BUCKETS;
  let buckets: Bucket[] = [];

  const dropOld = (): number => {
    const current = Math.floor(clock.nowMs() / bucketMs);
    buckets = buckets.filter(({ index }) => index > current - BUCKETS);
    return current;
  };

  return {
    record(succeeded) {
      const current = dropOld();
      let last = buckets.at(-1);
      if (last === undefined || last.index !== current) {
        last = { index: current, succeeded: 0, failed: 0 };
        buckets.push(last);
      }
      if (succeeded) last.succeeded += 1;
      else last.failed += 1;
    },
    counts() {
      dropOld();
      return buckets.reduce(
        (sum, bucket) => ({
          succeeded: sum.succeeded + bucket.succeeded,
          failed: sum.failed + bucket.failed,
        }),
        { succeeded: 0, failed: 0 },
      );
    },
    clear() {
      buckets = [];
    },
  };
}
