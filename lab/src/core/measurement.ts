import type { PhaseResult, RoutePhase } from './document.ts';
import type { LoadSecond, RecordedIncident, Sample, Window } from './events.ts';
import { percentilesMs } from './percentiles.ts';
import { addCounts, type OutcomeCounts } from './outcome.ts';
import type { RouteMeasure } from './scenario.ts';

/** What was recorded of one arm. */
export interface ArmRecord {
  readonly windows: Readonly<Record<string, Window>>;
  readonly seconds: readonly LoadSecond[];
  readonly samples: readonly Sample[];
  readonly incidents: readonly RecordedIncident[];
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

export function secondsIn(record: Pick<ArmRecord, 'seconds'>, window: Window): readonly LoadSecond[] {
  return record.seconds.filter(({ second }) => second >= window.startSecond && second < window.endSecond);
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
