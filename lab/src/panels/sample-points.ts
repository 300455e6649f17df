import type { LabEvent, Sample } from '../core/events.ts';
import { sumSeries } from '../core/exposition.ts';
import type { Point } from './panel.ts';

/** A metric of a service as a point of the whole system. A failed scrape is a gap; a metric that is not there adds nothing. */
export function readGauge(event: LabEvent, service: Sample['service'], metric: string): Point[] {
  if (event.type !== 'sample' || event.sample.service !== service) return [];
  if (event.sample.metrics === null) return [toPoint(event.sample, null)];
  const value = sumSeries(event.sample.metrics, metric);
  return value === null ? [] : [toPoint(event.sample, value)];
}

/** As `readGauge`, but one point for each value of the label `http_route`; a failed scrape is a gap of those seen before. */
export function readGaugePerRoute(
  event: LabEvent,
  previous: Sample | null,
  service: Sample['service'],
  metric: string,
): Point[] {
  if (event.type !== 'sample' || event.sample.service !== service) return [];
  const { metrics } = event.sample;
  return routesOf(metrics ?? previous?.metrics ?? {}, metric).map((route) => {
    const value = metrics === null ? null : sumSeries(metrics, metric, { http_route: route });
    return { ...toPoint(event.sample, value), route };
  });
}

/** Increase of a counter per second since the replica's previous sample. A counter that fell belongs to a fresh process. */
export function readRate(
  event: LabEvent,
  previous: Sample | null,
  service: Sample['service'],
  metric: string,
): Point[] {
  if (event.type !== 'sample' || event.sample.service !== service) return [];
  if (event.sample.metrics === null) return [toPoint(event.sample, null)];
  const now = sumSeries(event.sample.metrics, metric);
  if (now === null || previous === null) return [];
  if (previous.metrics === null) return [toPoint(event.sample, null)];
  const before = sumSeries(previous.metrics, metric) ?? 0;
  const seconds = event.sample.atSecond - previous.atSecond;
  if (seconds <= 0) return [];
  return [toPoint(event.sample, (now < before ? now : now - before) / seconds)];
}

const routeLabel = /[{,]http_route="((?:[^"\\]|\\.)*)"/;

function routesOf(metrics: Readonly<Record<string, number>>, metric: string): string[] {
  const routes = new Set<string>();
  for (const key of Object.keys(metrics)) {
    const route = key.startsWith(`${metric}{`) ? routeLabel.exec(key)?.[1] : undefined;
    if (route !== undefined) routes.add(route);
  }
  return [...routes];
}

/** Replicas are sampled a little apart; the whole second joins them. */
function toPoint(sample: Sample, value: number | null): Point {
  return { route: null, line: '', atSecond: Math.round(sample.atSecond), value };
}
