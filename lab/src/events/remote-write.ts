import type { LabEvent } from '../core/events.ts';
import { type RemoteSeries, staleMarker } from '../core/remote-write.ts';
import { createRunPoints, keyOf, type RunPoint } from './run-points.ts';

export interface RemoteWriteFold {
  /** What an event adds to which series; counters are totals since the start of their arm. */
  readonly seriesOf: (event: LabEvent) => readonly RemoteSeries[];
  /** Ends every series that has not ended: for a run that stops before its arm does. */
  readonly end: () => readonly RemoteSeries[];
}

/**
 * A fold over the events of one run that gives time series for Prometheus. A series ends with a stale marker when its
 * arm does, and where a scrape of its replica fails or no longer names it. The verdict of an arm is not marked, so that
 * it can be seen for as long as Prometheus looks back (five minutes).
 */
export function createRemoteWriteFold(epochMs: () => number): RemoteWriteFold {
  const pointsOf = createRunPoints(epochMs);
  const arms = new Map<string, Map<string, Series>>();
  const endArm = (key: string): RemoteSeries[] => {
    const series = [...(arms.get(key)?.values() ?? [])];
    arms.delete(key);
    return series.flatMap((each) => append(each, null, Math.max(epochMs(), each.lastMs + 1)));
  };
  return {
    seriesOf: (event) => {
      const points = pointsOf(event);
      if (!('arm' in event)) return [];
      const key = keyOf(event);
      if (event.type === 'arm-finished') return [...endArm(key), ...write(new Map(), points)];
      const series = arms.get(key) ?? new Map<string, Series>();
      arms.set(key, series);
      const written = write(series, points);
      return event.type === 'sample' ? [...written, ...endUnnamed(series, points)] : written;
    },
    end: () => [...arms.keys()].flatMap(endArm),
  };
}

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  total: number;
  lastMs: number;
  isLiving: boolean;
}

function write(known: Map<string, Series>, points: readonly RunPoint[]): RemoteSeries[] {
  return points.flatMap((point) => {
    const labels = { __name__: point.metric, ...point.labels };
    const key = JSON.stringify(labels);
    const series = known.get(key) ?? { labels, total: 0, lastMs: -Infinity, isLiving: false };
    known.set(key, series);
    if (point.kind === 'counter') series.total += point.value ?? 0;
    return append(series, point.kind === 'counter' ? series.total : point.value, point.timestampMs);
  });
}

/** A scrape whose answer came after that of a later one is left out: a series goes forward in time only. */
function append(series: Series, value: number | null, timestampMs: number): RemoteSeries[] {
  if (timestampMs <= series.lastMs || (value === null && !series.isLiving)) return [];
  series.lastMs = timestampMs;
  series.isLiving = value !== null;
  return [{ labels: series.labels, samples: [{ value: value ?? staleMarker, timestampMs }] }];
}

/** Ends the series of a replica that its scrape, a failed one too, does not name. */
function endUnnamed(known: Map<string, Series>, [up]: readonly RunPoint[]): RemoteSeries[] {
  if (up === undefined) return [];
  const { job, instance } = up.labels;
  return [...known.values()]
    .filter(
      ({ labels, lastMs }) =>
        labels['job'] === job && labels['instance'] === instance && lastMs < up.timestampMs,
    )
    .flatMap((series) => append(series, null, up.timestampMs));
}
