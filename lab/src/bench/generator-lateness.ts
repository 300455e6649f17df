export interface Lateness {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * How late requests reached the server, against a plan of evenly spaced ones. Nobody knows when a foreign generator
 * meant to begin, so its most punctual request counts as being on time; one that sends a whole second's requests at
 * once is therefore late by up to a second. Null without arrivals.
 */
export function latenessOf(arrivalsMs: readonly number[], ratePerSecond: number): Lateness | null {
  const behindMs = arrivalsMs.map((arrivalMs, index) => arrivalMs - (index * 1000) / ratePerSecond);
  const sorted = behindMs.sort((left, right) => left - right);
  const [least] = sorted;
  if (least === undefined) return null;
  const percentile = (ratio: number): number => {
    const value = sorted[Math.ceil(ratio * sorted.length) - 1] ?? least;
    return Number((value - least).toFixed(3));
  };
  return { p50Ms: percentile(0.5), p99Ms: percentile(0.99) };
}
