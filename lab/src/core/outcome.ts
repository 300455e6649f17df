/**
 * What became of one offered request, as the client saw it.
 *
 * - `good`: status 2xx, complete, inside the deadline, not marked as degraded
 * - `degraded`: as `good`, but the answer carries the header `Lab-Degraded` (a fallback answered)
 * - `late`: an answer 2xx after the deadline
 * - `shed`: status 429 or 503: the service refused on purpose
 * - `timeout`: no answer at the deadline; the client has left
 * - `connection-error`: refused, reset, or closed before the answer was complete
 * - `http-error`: any other status
 * - `not-sent`: the driver had no room left to send it (its in-flight limit), or its deadline was over before it could
 */
export const outcomes = [
  'good',
  'degraded',
  'late',
  'shed',
  'timeout',
  'connection-error',
  'http-error',
  'not-sent',
] as const;

export type Outcome = (typeof outcomes)[number];

/** How many requests ended in each way; an outcome that did not occur is absent. */
export type OutcomeCounts = Readonly<Partial<Record<Outcome, number>>>;

/** The outcome of an answer that arrived, from its status, its latency and the deadline (both in ms). */
export function toOutcome(status: number, degraded: boolean, latencyMs: number, deadlineMs: number): Outcome {
  if (status === 429 || status === 503) return 'shed';
  if (status < 200 || status > 299) return 'http-error';
  if (latencyMs > deadlineMs) return 'late';
  return degraded ? 'degraded' : 'good';
}

export function addCounts(left: OutcomeCounts, right: OutcomeCounts): OutcomeCounts {
  const sum: Partial<Record<Outcome, number>> = { ...left };
  for (const outcome of outcomes) {
    const more = right[outcome];
    if (more !== undefined) sum[outcome] = (sum[outcome] ?? 0) + more;
  }
  return sum;
}

export function totalOf(counts: OutcomeCounts): number {
  return outcomes.reduce((total, outcome) => total + (counts[outcome] ?? 0), 0);
}
