import { type ArmRecord, measurePhase } from './measurement.ts';

/** For so many seconds in a row a second must be normal again before the system counts as recovered. */
export const steadySeconds = 3;

/**
 * Seconds from the end of the trigger until the system is normal again: the first second from which, for 3 s, goodput is
 * ≥ 99 % of the baseline's and the median latency is ≤ 1.5 × the baseline's + 5 ms, on every route that the baseline
 * asked for. Null: never within the run, or nothing to compare with. After the criterion of Huang et al., "Metastable
 * Failures in the Wild" (OSDI 2022), whose 30 s and 1.1 × are scaled to runs of seconds with a noisy clock.
 */
export function recoverySecondsOf(record: ArmRecord): number | null {
  const { baseline, after } = record.windows;
  if (baseline === undefined || after === undefined) return null;
  const normal = Object.entries(measurePhase(record, baseline).routes).filter(
    ([, { offered }]) => offered > 0,
  );
  if (normal.length === 0) return null;
  let inARow = 0;
  for (let second = after.startSecond; second < after.endSecond; second += 1) {
    const now = measurePhase(record, { startSecond: second, endSecond: second + 1 });
    const isNormal = normal.every(([key, usual]) => {
      const route = now.routes[key];
      if (route === undefined || route.goodputRatio === null || route.p50Ms === null) return false;
      return (
        route.goodputRatio >= 0.99 * (usual.goodputRatio ?? 1) && route.p50Ms <= 1.5 * (usual.p50Ms ?? 0) + 5
      );
    });
    inARow = isNormal ? inARow + 1 : 0;
    if (inARow === steadySeconds) return second - steadySeconds + 1 - after.startSecond;
  }
  return null;
}
