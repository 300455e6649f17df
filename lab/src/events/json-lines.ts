import type { LabEvent } from '../core/events.ts';
import { createRunPoints, type RunPoint } from './run-points.ts';

/**
 * A fold over the events of one run that gives lines in the shape of k6's JSON output
 * (https://grafana.com/docs/k6/latest/results-output/real-time/json/): each metric before its first point, then points.
 * As there, a counter's value is what it grew by; a second in which it did not grow has no line.
 */
export function createJsonLines(epochMs: () => number): (event: LabEvent) => readonly string[] {
  const pointsOf = createRunPoints(epochMs);
  const declared = new Set<string>();
  return (event) =>
    pointsOf(event)
      .filter(({ kind, value }) => value !== null && (kind === 'gauge' || value !== 0))
      .flatMap((point) => {
        const line = toPointLine(point);
        if (declared.has(point.metric)) return [line];
        declared.add(point.metric);
        return [toMetricLine(point), line];
      });
}

function toMetricLine({ metric, kind }: RunPoint): string {
  const data = { name: metric, type: kind, contains: 'default', thresholds: [], submetrics: null };
  return JSON.stringify({ type: 'Metric', data, metric });
}

function toPointLine({ metric, labels, value, timestampMs }: RunPoint): string {
  const data = { time: new Date(timestampMs).toISOString(), value, tags: labels };
  return JSON.stringify({ metric, type: 'Point', data });
}
