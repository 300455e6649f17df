import type { ArmRecord } from './measurement.ts';
import type { Sample, Window } from './events.ts';
import { sumSeries } from './exposition.ts';
import type { IncidentMeasure, SampledMeasure } from './scenario.ts';

type WithoutPhase<Measure> = Omit<Measure, 'over' | 'dividedBy'>;

/** One number of a mechanism over a window; null where it could not be measured. */
export function measureMechanism(
  record: ArmRecord,
  measure: WithoutPhase<SampledMeasure> | WithoutPhase<IncidentMeasure>,
  window: Window,
): number | null {
  return 'incidents' in measure
    ? measureIncidents(record, measure, window)
    : measureSamples(record, measure, window);
}

function measureIncidents(
  record: ArmRecord,
  measure: WithoutPhase<IncidentMeasure>,
  window: Window,
): number | null {
  const inside = record.incidents.filter(
    ({ atSecond, reason, exitCode }) =>
      atSecond >= window.startSecond &&
      atSecond < window.endSecond &&
      (measure.incidents === 'any' || reason === measure.incidents) &&
      (measure.exitCode === undefined || exitCode === measure.exitCode),
  );
  if (measure.reduce === 'count') return inside.length;
  const first = inside[0];
  return first === undefined ? null : first.atSecond - window.startSecond;
}

function measureSamples(
  record: ArmRecord,
  measure: WithoutPhase<SampledMeasure>,
  window: Window,
): number | null {
  if (measure.reduce === 'increase' || measure.reduce === 'rate' || measure.reduce === 'spread') {
    const increases = increasesByReplica(record, measure, window);
    if (increases === null) return null;
    if (measure.reduce === 'spread') return coefficientOfVariation(increases);
    return measure.reduce === 'increase' ? sum(increases) : sum(increases) / lengthOf(window);
  }
  const inside = totals(record, measure).filter(
    ({ atSecond }) => atSecond >= window.startSecond && atSecond <= window.endSecond,
  );
  const values = inside.map(({ value }) => value);
  if (values.length === 0) return null;
  if (measure.reduce === 'max') return Math.max(...values);
  if (measure.reduce === 'min') return Math.min(...values);
  return measure.reduce === 'mean' ? sum(values) / values.length : slopeOf(inside);
}

interface Point {
  readonly atSecond: number;
  readonly value: number;
}

/** A counter that a service has not yet touched does not exist: it counts as 0 where the scrape itself succeeded. */
function toPoint(sample: Sample, measure: WithoutPhase<SampledMeasure>): Point | null {
  if (sample.metrics === null) return null;
  const value = sumSeries(sample.metrics, measure.metric, measure.labels) ?? 0;
  return { atSecond: Math.round(sample.atSecond), value };
}

/** By moment, summed over the replicas that were read then. */
function totals(record: ArmRecord, measure: WithoutPhase<SampledMeasure>): Point[] {
  const byMoment = new Map<number, number>();
  for (const sample of samplesOf(record, measure)) {
    const point = toPoint(sample, measure);
    if (point !== null) byMoment.set(point.atSecond, (byMoment.get(point.atSecond) ?? 0) + point.value);
  }
  return [...byMoment].map(([atSecond, value]) => ({ atSecond, value }));
}

/**
 * How much the counter of each replica grew inside the window. A counter that falls has begun anew at 0 (as
 * Prometheus' `increase` sees it), and so has a replica that was not there before. Null when a scrape at an edge of the
 * window failed: what lies between is then unknown.
 */
function increasesByReplica(
  record: ArmRecord,
  measure: WithoutPhase<SampledMeasure>,
  window: Window,
): number[] | null {
  const [start, end] = [Math.round(window.startSecond), Math.round(window.endSecond)];
  const replicas = new Map<string, Sample[]>();
  for (const sample of samplesOf(record, measure)) {
    const second = Math.round(sample.atSecond);
    if (second < start || second > end) continue;
    if (sample.metrics === null && (second === start || second === end)) return null;
    replicas.set(sample.replica, [...(replicas.get(sample.replica) ?? []), sample]);
  }
  if (replicas.size === 0) return null;
  return [...replicas.values()].map((samples) => increaseOf(samples, measure, start));
}

function increaseOf(
  samples: readonly Sample[],
  measure: WithoutPhase<SampledMeasure>,
  startSecond: number,
): number {
  let before: number | null = null;
  let increase = 0;
  for (const point of samples.map((sample) => toPoint(sample, measure))) {
    if (point === null) continue;
    const wasThere = before !== null || point.atSecond === startSecond;
    const from = before ?? (wasThere ? point.value : 0);
    increase += point.value >= from ? point.value - from : point.value;
    before = point.value;
  }
  return increase;
}

function samplesOf({ samples }: ArmRecord, { service }: WithoutPhase<SampledMeasure>): readonly Sample[] {
  return samples.filter((sample) => sample.service === service);
}

/** Least squares, per second; null for fewer than two moments. */
function slopeOf(points: readonly Point[]): number | null {
  if (points.length < 2) return null;
  const meanX = sum(points.map(({ atSecond }) => atSecond)) / points.length;
  const meanY = sum(points.map(({ value }) => value)) / points.length;
  const covariance = sum(points.map(({ atSecond, value }) => (atSecond - meanX) * (value - meanY)));
  return covariance / sum(points.map(({ atSecond }) => (atSecond - meanX) ** 2));
}

/** Standard deviation (of the population) ÷ mean; null where nothing grew. */
function coefficientOfVariation(values: readonly number[]): number | null {
  const mean = sum(values) / values.length;
  if (mean === 0) return null;
  return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / values.length) / mean;
}

function lengthOf({ startSecond, endSecond }: Window): number {
  return endSecond - startSecond;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
