import { expect, it } from 'vitest';
import { Bandwidth } from './bandwidth.ts';

it('lets one slice after the other leave, at the rate and in the order in which they asked', () => {
  const bandwidth = new Bandwidth(100_000);
  expect(bandwidth.sliceBytes).toBe(2_000);
  expect([1, 2, 3].map(() => bandwidth.reserve(2_000, 500))).toEqual([500, 520, 540]);
});

it('makes up for a timer that was late, but not for a time in which nothing was to be carried', () => {
  const bandwidth = new Bandwidth(100_000);
  bandwidth.reserve(2_000, 500);
  expect(bandwidth.reserve(2_000, 505)).toBe(520);
  expect(bandwidth.reserve(2_000, 10_000)).toBe(10_000);
  expect(bandwidth.reserve(2_000, 10_000)).toBe(10_020);
});

it('carries a byte at a time when it is narrower than a byte per slice', () => {
  const bandwidth = new Bandwidth(10);
  expect(bandwidth.sliceBytes).toBe(1);
  expect(bandwidth.reserve(1, 0)).toBe(80);
  expect(bandwidth.reserve(1, 80)).toBe(180);
});
