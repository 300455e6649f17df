import { expect, test } from 'vitest';
import type { RecordedIncident, Sample } from './events.ts';
import type { ArmRecord } from './measurement.ts';
import { measureMechanism } from './mechanism.ts';

const sample = (atSecond: number, value: number | null, replica = 'backend-1'): Sample => ({
  service: 'backend',
  replica,
  atSecond,
  metrics: value === null ? null : { 'held{http_route="/a"}': value },
});

const record = (samples: Sample[], incidents: RecordedIncident[] = []): ArmRecord => ({
  windows: {},
  seconds: [],
  samples,
  incidents,
  poolSize: 10,
});
const increase = { service: 'backend', metric: 'held', reduce: 'increase' } as const;

test('a counter increases between the samples at the edges of the window', () => {
  const data = record([sample(0, 1), sample(1.01, 4), sample(2, 9)]);
  const measure = { service: 'backend', metric: 'held', reduce: 'increase' } as const;
  expect(measureMechanism(data, measure, { startSecond: 0, endSecond: 2 })).toBe(8);
});

test('a failed scrape is a gap, never a zero', () => {
  const data = record([sample(0, 10), sample(1, null), sample(2, 10)]);
  const measure = { service: 'backend', metric: 'held' } as const;
  const window = { startSecond: 0, endSecond: 2 };
  expect(measureMechanism(data, { ...measure, reduce: 'mean' }, window)).toBe(10);
  expect(
    measureMechanism(data, { ...measure, reduce: 'increase' }, { startSecond: 1, endSecond: 2 }),
  ).toBeNull();
});

test('replicas add up', () => {
  const data = record([sample(0, 3, 'a'), sample(0, 4, 'b')]);
  const measure = { service: 'backend', metric: 'held', reduce: 'max' } as const;
  expect(measureMechanism(data, measure, { startSecond: 0, endSecond: 1 })).toBe(7);
});

test('a counter that begins anew counts from zero, and so does a replica that was not there before', () => {
  const restarted = record([sample(0, 7), sample(1, 9), sample(3, 4), sample(4, 5)]);
  expect(measureMechanism(restarted, increase, { startSecond: 0, endSecond: 4 })).toBe(2 + 5);
  const added = record([sample(0, 7, 'a'), sample(1, 8, 'a'), sample(1, 3, 'b'), sample(2, 8, 'a')]);
  expect(measureMechanism(added, increase, { startSecond: 0, endSecond: 2 })).toBe(1 + 3);
});

test('the spread is that of what each replica did in the window', () => {
  const spread = { ...increase, reduce: 'spread' } as const;
  const window = { startSecond: 0, endSecond: 1 };
  const even = record([sample(0, 1, 'a'), sample(0, 5, 'b'), sample(1, 11, 'a'), sample(1, 15, 'b')]);
  expect(measureMechanism(even, spread, window)).toBe(0);
  const uneven = record([sample(0, 1, 'a'), sample(0, 5, 'b'), sample(1, 21, 'a'), sample(1, 5, 'b')]);
  expect(measureMechanism(uneven, spread, window)).toBe(1);
});

test('the slope is per second, of the line nearest to the samples', () => {
  const slope = { service: 'backend', metric: 'held', reduce: 'slope' } as const;
  const data = record([sample(0, 10), sample(1, 14), sample(2, 18), sample(3, 22)]);
  expect(measureMechanism(data, slope, { startSecond: 0, endSecond: 3 })).toBeCloseTo(4);
  expect(measureMechanism(data, slope, { startSecond: 0, endSecond: 0 })).toBeNull();
});

test('incidents are counted by reason and exit code, and timed from the start of the phase', () => {
  const incident = (atSecond: number, exitCode: number): RecordedIncident => ({
    replica: 'backend-1',
    reason: exitCode === 137 ? 'OOMKilled' : 'Error',
    exitCode,
    atSecond,
  });
  const data = record([], [incident(2, 137), incident(6.5, 137), incident(8, 134), incident(20, 137)]);
  const window = { startSecond: 5, endSecond: 20 };
  const of = (incidents: 'OOMKilled' | 'Error' | 'any', reduce: 'count' | 'firstSecond') =>
    measureMechanism(data, { incidents, reduce }, window);
  expect([of('OOMKilled', 'count'), of('Error', 'count'), of('any', 'count')]).toEqual([1, 1, 2]);
  expect([of('OOMKilled', 'firstSecond'), of('Error', 'firstSecond')]).toEqual([1.5, 3]);
  const aborted = { incidents: 'any', exitCode: 139, reduce: 'firstSecond' } as const;
  expect(measureMechanism(data, aborted, window)).toBeNull();
});
