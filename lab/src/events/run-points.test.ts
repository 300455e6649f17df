import { describe, expect, it } from 'vitest';
import { resultOf, sampleArms, sampleRun } from '../../test/fixtures/sample-run.ts';
import { cascade, tasks } from '../../test/fixtures/sample-seconds.ts';
import type { LabEvent } from '../core/events.ts';
import { toLabelPairs } from '../core/remote-write.ts';
import { runMetrics } from './run-metrics.ts';
import { createRunPoints, type RunPoint } from './run-points.ts';

const startMs = 1_764_065_479_000;

/** All points of a run of one arm whose load starts at `startMs`. */
function pointsOf(events: readonly LabEvent[]): RunPoint[] {
  const fold = createRunPoints(() => startMs);
  return events.flatMap(fold);
}

const run = sampleRun(sampleArms.slice(0, 1));
const armLabels = {
  run: '2026-03-01-101500-cascade-failure',
  scenario: 'cascade-failure',
  arm: 'unprotected',
  attempt: '1',
};

/** The points of a metric with these labels, by their second. */
function valuesOf(metric: string, labels: Readonly<Record<string, string>>, points = pointsOf(run)) {
  const wanted = JSON.stringify(toLabelPairs({ ...armLabels, ...labels }));
  return Object.fromEntries(
    points
      .filter((point) => point.metric === metric && JSON.stringify(toLabelPairs(point.labels)) === wanted)
      .map(({ timestampMs, value }) => [(timestampMs - startMs) / 1000, value]),
  );
}

const loadSecond = (
  second: number,
  routes: Extract<LabEvent, { type: 'load-second' }>['load']['routes'],
): LabEvent => {
  const original = run.find((event) => event.type === 'load-second');
  if (original?.type !== 'load-second') throw new Error('the sample has no second');
  return { ...original, load: { ...original.load, second, routes } };
};

const sample = (atSecond: number, metrics: Readonly<Record<string, number>> | null): LabEvent => ({
  type: 'sample',
  scenario: 'cascade-failure',
  arm: 'unprotected',
  attempt: 1,
  sample: { service: 'backend', replica: 'backend-1', atSecond, metrics },
});

describe('the points of a run', () => {
  it('count requests by outcome from zero at the start, each at the end of its second', () => {
    const good = valuesOf('lab_load_requests_total', { route: tasks, outcome: 'good' });
    const timeout = valuesOf('lab_load_requests_total', { route: tasks, outcome: 'timeout' });
    expect([good[0], good[1], timeout[0], timeout[1]]).toEqual([0, 80, 0, 0]);
    expect([good[8], timeout[8]]).toEqual([2, 78]);
    expect(Object.keys(good)).toHaveLength(20);
    expect(valuesOf('lab_load_planned_requests_total', {})[19]).toBe(100);
    expect(valuesOf('lab_load_sent_requests_total', {})[19]).toBe(100);
  });

  it('give latency and lateness in seconds', () => {
    const p99 = valuesOf('lab_load_request_duration_seconds', { route: cascade, quantile: '0.99' });
    expect([p99[1], p99[8]]).toEqual([expect.closeTo(0.0268, 4), expect.closeTo(1, 2)]);
    const lateness = valuesOf('lab_load_lateness_seconds', { quantile: '0.5' });
    expect(lateness[1]).toBeCloseTo(0.0009, 5);
    expect(valuesOf('lab_load_driver_utilisation_ratio', {})[1]).toBe(0.2);
  });

  it('have no latency where there was no request, and count it as nothing', () => {
    const quiet = [...run.slice(0, 3), loadSecond(0, {})];
    expect(
      valuesOf('lab_load_request_duration_seconds', { route: tasks, quantile: '0.5' }, pointsOf(quiet)),
    ).toEqual({ 1: null });
    expect(valuesOf('lab_load_requests_total', { route: tasks, outcome: 'good' }, pointsOf(quiet))).toEqual({
      0: 0,
      1: 0,
    });
  });

  it('say in which phases each second lies', () => {
    const secondsOf = (phase: string) =>
      Object.entries(valuesOf('lab_phase', { phase }))
        .filter(([, value]) => value === 1)
        .map(([second]) => Number(second));
    expect(secondsOf('baseline')).toEqual([3, 4, 5, 6]);
    expect(secondsOf('trigger')).toEqual([7, 8, 9, 10, 11, 12]);
    expect(secondsOf('during')).toEqual([8, 9, 10, 11]);
  });

  it('name what services say of themselves as they do, with job and instance', () => {
    const place = { job: 'backend', instance: 'backend-1' };
    const labels = { ...place, http_route: '/api/cascade-failure' };
    expect(valuesOf('lab_database_connections_held', labels)[9.02]).toBe(10);
    expect(valuesOf('up', place)[9.02]).toBe(1);
  });

  it('keep a label of a service that is named as one of ours, as Prometheus does', () => {
    const points = pointsOf([...run.slice(0, 3), sample(1, { 'a_total{arm="left",side="x"}': 5 })]);
    expect(points.at(-1)?.labels).toEqual({
      ...armLabels,
      job: 'backend',
      instance: 'backend-1',
      exported_arm: 'left',
      side: 'x',
    });
  });

  it('say that a replica could not be scraped, and nothing else of it', () => {
    const points = pointsOf([...run.slice(0, 3), sample(1, null)]).filter(({ labels }) => 'job' in labels);
    expect(points.map(({ metric, value }) => [metric, value])).toEqual([['up', 0]]);
  });

  it('end an arm with its verdict, that of one which was skipped too', () => {
    const labels = { verdict: 'DEMONSTRATED', declared: 'DEMONSTRATED' };
    expect(valuesOf('lab_arm_verdict', labels)).toEqual({ 0: 1 });
    const [arm] = sampleArms;
    if (arm === undefined) throw new Error('the sample has no arm');
    const skipped: LabEvent = {
      type: 'arm-finished',
      scenario: 'cascade-failure',
      arm: 'unprotected',
      attempt: 1,
      result: { ...resultOf(arm), verdict: 'SKIPPED', declared: null },
    };
    expect(pointsOf([...run.slice(0, 2), skipped]).map(({ labels: all }) => all)).toEqual([
      { ...armLabels, verdict: 'SKIPPED', declared: '' },
    ]);
  });

  it('are of metrics that the table knows, with the labels that it says', () => {
    const own = pointsOf(run).filter(({ labels }) => !('job' in labels));
    const labelsOf = new Map(own.map(({ metric, labels }) => [metric, Object.keys(labels)]));
    const { up: _, ...withoutJob } = runMetrics;
    expect(Object.fromEntries(labelsOf)).toEqual(
      Object.fromEntries(
        Object.entries(withoutJob).map(([name, { labels }]) => [
          name,
          [...Object.keys(armLabels), ...labels],
        ]),
      ),
    );
  });
});
