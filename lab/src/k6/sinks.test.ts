import { expect, test } from 'vitest';
import { parseAggregation } from './aggregation.ts';
import type { MetricType } from './metric.ts';
import type { Sink, TrendStat } from './sink.ts';
import { createSink } from './sinks.ts';

const trendStats = ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)', 'count'].map(toStat);

function toStat(name: string): TrendStat {
  const aggregation = parseAggregation(name);
  if (aggregation === null) throw new Error(name);
  return { name, aggregation };
}

function sinkOf(type: MetricType, values: Iterable<number>): Sink {
  const sink = createSink(type, trendStats);
  for (const value of values) sink.add(value);
  return sink;
}

test.each<[MetricType, number[], Record<string, number>]>([
  ['counter', [40], { count: 40, rate: 20 }],
  ['counter', [1, 2.5], { count: 3.5, rate: 1.75 }],
  ['counter', [], { count: 0, rate: 0 }],
  ['gauge', [5, 1, 3], { value: 3, min: 1, max: 5 }],
  ['gauge', [-2], { value: -2, min: -2, max: -2 }],
  ['gauge', [], { value: 0, min: 0, max: 0 }],
  ['rate', [1, 0, 1, 1], { rate: 0.75, passes: 3, fails: 1 }],
  ['rate', [], { rate: 0, passes: 0, fails: 0 }],
  ['trend', [3, 1, 2], { avg: 2, min: 1, med: 2, max: 3, 'p(90)': 2.8, 'p(95)': 2.9, count: 3 }],
  ['trend', [], { avg: 0, min: 0, med: 0, max: 0, 'p(90)': 0, 'p(95)': 0, count: 0 }],
])('the summary of a %s of %j in 2 s is %j', (type, values, expected) => {
  const actual = sinkOf(type, values).values(2000);
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [name, value] of Object.entries(expected)) expect(actual[name], name).toBeCloseTo(value, 9);
});

test('the rate of a counter is 0 before any time has passed', () => {
  expect(sinkOf('counter', [5]).values(0)).toEqual({ count: 5, rate: 0 });
});

test.each<MetricType>(['counter', 'gauge', 'rate', 'trend'])(
  'a %s is empty until its first sample',
  (type) => {
    const sink = createSink(type, trendStats);
    expect(sink.isEmpty).toBe(true);
    sink.add(0);
    expect(sink.isEmpty).toBe(false);
  },
);

test.each<[MetricType, string]>([
  ['counter', 'avg'],
  ['gauge', 'rate'],
  ['rate', 'p(95)'],
  ['trend', 'rate'],
])('a %s has no %s', (type, method) => {
  expect(sinkOf(type, [1]).aggregate(toStat(method).aggregation, 1000)).toBeNaN();
});

test('percentiles are exact however often they were asked for between the samples', () => {
  const values = Array.from({ length: 1000 }, (_, index) => (index * 7919) % 1009);
  const sink = createSink('trend', trendStats);
  for (const [index, value] of values.entries()) {
    sink.add(value);
    if (index % 97 === 0) sink.aggregate({ method: 'med' }, 0);
  }
  const sorted = values.toSorted((a, b) => a - b);
  expect(sink.aggregate({ method: 'p(N)', percent: 0 }, 0)).toBe(sorted[0]);
  expect(sink.aggregate({ method: 'med' }, 0)).toBe(((sorted[499] ?? 0) + (sorted[500] ?? 0)) / 2);
  expect(sink.aggregate({ method: 'p(N)', percent: 100 }, 0)).toBe(sorted[999]);
});
