export interface CodelOptions {
  /** A queue whose shortest wait stays above this is a standing queue. */
  readonly targetMs: number;
  /** How long waits are watched before they are judged; longer than `targetMs`. */
  readonly intervalMs: number;
}

/** Judges each request as it leaves the queue, or as it finds no queue at all (a wait of 0 is news, too). */
export interface Codel {
  /** True when the request, which has waited this long by now, is to be dropped. */
  drops(waitedMs: number, nowMs: number): boolean;
}

/** A request that waited longer than this many targets is dropped while the queue stands. */
const DROPPED_BEYOND_TARGETS = 2;

/**
 * Controlled delay for a server's queue. When the shortest wait of the interval before was longer than the target,
 * the server is overloaded, and for this interval every request that waited longer than twice the target is dropped.
 * A short burst passes, since some request of its interval still waits little. The first request of an interval is
 * never dropped: it only opens the interval.
 * Source: facebook/folly, `executors/Codel.cpp`, described in “Fail at Scale” (Maurer, ACM Queue 2015); unlike the
 * CoDel of routers (Nichols and Jacobson), it does not drop more and more often.
 */
export function createCodel({ targetMs, intervalMs }: CodelOptions, startedMs: number): Codel {
  let intervalEndsAtMs = startedMs;
  let shortestMs: number | undefined;
  let isOverloaded = false;

  return {
    drops: (waitedMs, nowMs) => {
      if (shortestMs !== undefined && nowMs > intervalEndsAtMs) {
        intervalEndsAtMs = nowMs + intervalMs;
        isOverloaded = shortestMs > targetMs;
        shortestMs = undefined;
      }
      if (shortestMs === undefined) {
        shortestMs = waitedMs;
        return false;
      }
      shortestMs = Math.min(shortestMs, waitedMs);
      return isOverloaded && waitedMs > DROPPED_BEYOND_TARGETS * targetMs;
    },
  };
}
