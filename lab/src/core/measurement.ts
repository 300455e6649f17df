import type { PhaseResult, RoutePhase } from './document.ts';
import type { LoadSecond, Sample, Window } from './events.ts';
import { sumSeries } from './exposition.ts';
import { percentilesMs } from './percentiles.ts';
import { addCounts, type OutcomeCounts } from './outcome.ts';
import type { MechanismMeasure, RouteMeasure } from './scenario.ts';

/** What was recorded of one arm. */
export interface ArmRecord {
  readonly windows: Readonly<Record<string, Window>>;
  readonly seconds: readonly LoadSecond[];
  readonly samples: readonly Sample[];
  readonly poolSize: number;
}

/** All that the report says of a phase, for every route that was asked for in it. */
export function measurePhase(record: ArmRecord, window: Window): PhaseResult {
  const keys = new Set(secondsIn(record, window).flatMap((second) => Object.keys(second.routes)));
  const routes = [...keys].sort().map((key) => [key, measureRoutePhase(record, window, key)] as const);
  return { startSecond: window.startSecond, endSecond: window.endSecond, routes: Object.fromEntries(routes) };
}

/** One number of a route over a window; null where nothing was offered or answered. */
export function measureRoute(
  record: ArmRecord,
  window: Window,
  routeKey: string,
  measure: RouteMeasure,
): number | null {
  const phase = measureRoutePhase(record, window, routeKey);
  const share = (...names: (keyof OutcomeCounts)[]) =>
    phase.offered === 0 ? null : sumOf(phase.outcomes, names) / phase.offered;
  switch (measure) {
    case 'goodputRatio':
      return phase.goodputRatio;
    case 'answeredRatio':
      return share('good', 'degraded');
    case 'errorRatio':
      return share('late', 'shed', 'timeout', 'connection-error', 'http-error', 'not-sent');
    case 'goodPerSecond':
      return sumOf(phase.outcomes, ['good']) / (window.endSecond - window.startSecond);
    case 'shedP99Ms':
      return percentilesMs(latencies(record, window, routeKey, ['shed']), [99])[0] ?? null;
    case 'p50Ms':
    case 'p95Ms':
    case 'p99Ms':
      return phase[measure];
  }
}

/** Reduces the samples of a service's metric over a window; summed over replicas. Null where nothing was scraped. */
export function measureMechanism(
  record: ArmRecord,
  measure: Omit<MechanismMeasure, 'over' | 'dividedBy'>,
  window: Window,
): number | null {
  const values = sampleSeries(record, measure);
  if (measure.reduce === 'increase') {
    const first = nearest(values, window.startSecond);
    const last = nearest(values, window.endSecond);
    return first === null || last === null ? null : last - first;
  }
  const inside = values.filter(
    ({ atSecond }) => atSecond >= window.startSecond && atSecond <= window.endSecond,
  );
  if (inside.length === 0) return null;
  const numbers = inside.map(({ value }) => value);
  if (measure.reduce === 'max') return Math.max(...numbers);
  if (measure.reduce === 'min') return Math.min(...numbers);
  return numbers.reduce((total, value) => total + value, 0) / numbers.length;
}

export function secondsIn(record: Pick<ArmRecord, 'seconds'>, window: Window): readonly LoadSecond[] {
  return record.seconds.filter(({ second }) => second >= window.startSecond && second < window.endSecond);
}

/** A counter that a service has not yet touched does not exist: it counts as 0 where the scrape itself succeeded. */
function sampleSeries(
  record: ArmRecord,
  measure: Pick<MechanismMeasure, 'service' | 'metric' | 'labels'>,
): { readonly atSecond: number; readonly value: number }[] {
  const byMoment = new Map<number, number>();
  for (const sample of record.samples) {
    if (sample.service !== measure.service || sample.metrics === null) continue;
    const value = sumSeries(sample.metrics, measure.metric, measure.labels) ?? 0;
    const moment = Math.round(sample.atSecond);
    byMoment.set(moment, (byMoment.get(moment) ?? 0) + value);
  }
  return [...byMoment].map(([atSecond, value]) => ({ atSecond, value }));
}

function nearest(
  values: readonly { readonly atSecond: number; readonly value: number }[],
  second: number,
): number | null {
  return values.find(({ atSecond }) => atSecond === Math.round(second))?.value ?? null;
}

function measureRoutePhase(record: ArmRecord, window: Window, routeKey: string): RoutePhase {
  let offered = 0;
  let outcomes: OutcomeCounts = {};
  for (const second of secondsIn(record, window)) {
    const route = second.routes[routeKey];
    if (route === undefined) continue;
    offered += route.offered;
    outcomes = addCounts(outcomes, route.outcomes);
  }
  const [p50Ms = null, p95Ms = null, p99Ms = null] = percentilesMs(
    latencies(record, window, routeKey),
    [50, 95, 99],
  );
  const goodputRatio = offered === 0 ? null : (outcomes.good ?? 0) / offered;
  return { offered, outcomes, goodputRatio, p50Ms, p95Ms, p99Ms };
}

function latencies(
  record: ArmRecord,
  window: Window,
  routeKey: string,
  only?: readonly string[],
): readonly string[] {
  return secondsIn(record, window).flatMap((second) =>
    Object.entries(second.routes[routeKey]?.latencies ?? {})
      .filter(([outcome]) => only === undefined || only.includes(outcome))
      .map(([, encoded]) => encoded),
  );
}

function sumOf(outcomes: OutcomeCounts, names: readonly (keyof OutcomeCounts)[]): number {
  return names.reduce((total, name) => total + (outcomes[name] ?? 0), 0);
}
