import { expect, it } from 'vitest';
import { breakerState } from '../panels/breaker-state.ts';
import { connectionWaiters } from '../panels/connection-waiters.ts';
import { goodput } from '../panels/goodput.ts';
import { latency } from '../panels/latency.ts';
import { createScale, roundUp, secondTicks } from './scale.ts';

it('ends at a round number above the data', () => {
  expect([0.3, 1, 17, 42, 84, 100, 999].map(roundUp)).toEqual([0.4, 1, 20, 50, 100, 100, 1000].map((n) => n));
});

it('puts a fixed axis where the panel wants it, whatever the data', () => {
  const { toHeightRatio, ticks } = createScale(goodput, 0.02);
  expect([0, 0.25, 1].map(toHeightRatio)).toEqual([0, 0.25, 1]);
  expect(ticks.map(({ text }) => text)).toEqual(['0 %', '50 %', '100 %']);
});

it('gives each power of ten the same room on a logarithmic axis', () => {
  const { toHeightRatio, ticks } = createScale(latency, 1000);
  expect([0.1, 1, 10, 100, 1000].map(toHeightRatio).map((ratio) => ratio.toFixed(3))).toEqual([
    '0.000',
    '0.000',
    '0.333',
    '0.667',
    '1.000',
  ]);
  expect(ticks.map(({ text }) => text)).toEqual(['1 ms', '10 ms', '100 ms', '1000 ms']);
});

it('keeps a value of exactly a power of ten, measured within 0.1 %, on its line', () => {
  expect(createScale(latency, 1000.4).ticks).toHaveLength(4);
});

it('writes words for states, and whole numbers for small counts', () => {
  expect(createScale(breakerState, 2).ticks.map(({ text }) => text)).toEqual(['closed', 'half-open', 'open']);
  expect(createScale(connectionWaiters, 1).ticks.map(({ text }) => text)).toEqual(['0', '1']);
});

it('marks whole seconds, at most nine times', () => {
  expect(secondTicks(19)).toEqual([0, 5, 10, 15]);
  expect(secondTicks(8)).toHaveLength(9);
  expect(secondTicks(3600)).toEqual([0, 600, 1200, 1800, 2400, 3000, 3600]);
});
