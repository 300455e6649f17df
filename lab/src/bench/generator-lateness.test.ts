import { expect, it } from 'vitest';
import { latenessOf } from './generator-lateness.ts';

const evenly = (count: number, ratePerSecond: number, offsetMs = 0) =>
  Array.from({ length: count }, (_, index) => offsetMs + (index * 1000) / ratePerSecond);

it('is nothing for evenly spaced arrivals, whenever they began', () => {
  expect(latenessOf(evenly(1000, 200, 12_345.678), 200)).toEqual({ p50Ms: 0, p99Ms: 0 });
});

it('is how far the late ones lie behind the most punctual one', () => {
  const arrivals = evenly(1000, 100).map((ms, index) => ms + (index % 10 === 0 ? 4 : 1));
  expect(latenessOf(arrivals, 100)).toEqual({ p50Ms: 0, p99Ms: 3 });
});

it('shows a generator that sends all requests of a second at once', () => {
  const bursts = Array.from({ length: 1000 }, (_, index) => Math.floor(index / 100) * 1000);
  expect(latenessOf(bursts, 100)).toEqual({ p50Ms: 490, p99Ms: 980 });
});

it('grows when fewer are sent than planned', () => {
  expect(latenessOf(evenly(1000, 99), 100)?.p99Ms).toBeCloseTo(100, -1);
});

it('is unknown without arrivals', () => {
  expect(latenessOf([], 100)).toBeNull();
});
