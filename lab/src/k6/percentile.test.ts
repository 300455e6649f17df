import { expect, test } from 'vitest';
import { percentile } from './percentile.ts';

const tenToHundred = Float64Array.of(10, 20, 30, 40, 50, 60, 70, 80, 90, 100);

test.each([
  [0, 10],
  [50, 55],
  [90, 91],
  [95, 95.5],
  [99.9, 99.91],
  [100, 100],
])('the %d. percentile of 10, 20 … 100 is %d', (percent, expected) => {
  expect(percentile(tenToHundred, 10, percent)).toBeCloseTo(expected, 9);
});

test('only the first values count, one value is every percentile, and none is 0', () => {
  expect(percentile(tenToHundred, 3, 100)).toBe(30);
  expect(percentile(tenToHundred, 1, 99)).toBe(10);
  expect(percentile(tenToHundred, 0, 50)).toBe(0);
});
