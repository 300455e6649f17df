import { expect, test } from 'vitest';
import type { LoadSecond } from './events.ts';
import { createHistogram, encodeHistogram, recordMs } from './histogram.ts';
import { type ArmRecord, measurePhase, measureRoute } from './measurement.ts';
import type { OutcomeCounts } from './outcome.ts';

const key = 'GET /';

function second(number: number, outcomes: OutcomeCounts, latencyMs: number): LoadSecond {
  const latencies = Object.entries(outcomes).map(([outcome, count]) => {
    const histogram = createHistogram();
    for (let index = 0; index < count; index += 1) recordMs(histogram, outcome === 'shed' ? 2 : latencyMs);
    return [outcome, encodeHistogram(histogram)] as const;
  });
  const offered = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  const lateness = encodeHistogram(createHistogram());
  const routes = { [key]: { offered, outcomes, latencies: Object.fromEntries(latencies) } };
  return { second: number, routes, lateness, planned: offered, sent: offered, utilisationRatio: 0 };
}

const record = (seconds: LoadSecond[]): ArmRecord => ({
  windows: { baseline: { startSecond: 0, endSecond: 2 }, after: { startSecond: 4, endSecond: 10 } },
  seconds,
  samples: [],
  incidents: [],
  poolSize: 10,
});

test('goodput is good answers ÷ offered requests, of the seconds of the window alone', () => {
  const data = record([second(0, { good: 10 }, 5), second(1, { good: 1, timeout: 9 }, 1000)]);
  expect(measureRoute(data, { startSecond: 1, endSecond: 2 }, key, 'goodputRatio')).toBe(0.1);
  expect(measureRoute(data, { startSecond: 0, endSecond: 2 }, key, 'goodputRatio')).toBe(0.55);
});

test('a degraded answer is not goodput, but is answered', () => {
  const data = record([second(0, { good: 1, degraded: 3 }, 5)]);
  const window = { startSecond: 0, endSecond: 1 };
  expect(measureRoute(data, window, key, 'goodputRatio')).toBe(0.25);
  expect(measureRoute(data, window, key, 'answeredRatio')).toBe(1);
  expect(measureRoute(data, window, key, 'errorRatio')).toBe(0);
});

test('percentiles are of all outcomes together; those of shed answers can be asked for alone', () => {
  const data = record([second(0, { good: 50, shed: 50 }, 100)]);
  const window = { startSecond: 0, endSecond: 1 };
  expect(measureRoute(data, window, key, 'p99Ms')).toBeCloseTo(100, 0);
  expect(measureRoute(data, window, key, 'shedP99Ms')).toBeCloseTo(2, 1);
});

test('a window in which nothing was offered measures nothing, not zero', () => {
  expect(measureRoute(record([]), { startSecond: 0, endSecond: 1 }, key, 'goodputRatio')).toBeNull();
  expect(measurePhase(record([]), { startSecond: 0, endSecond: 1 }).routes).toEqual({});
});
