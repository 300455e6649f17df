import { expect, test } from 'vitest';
import { toSpread } from './series.ts';

test('a spread is the least, the middle and the most of what was measured', () => {
  expect(toSpread([3, 1, 2])).toEqual({ minimum: 1, median: 2, maximum: 3 });
  expect(toSpread([4, 1, 2, 3])).toEqual({ minimum: 1, median: 2.5, maximum: 4 });
});

test('runs in which nothing was measured are left out; without any there is no spread', () => {
  expect(toSpread([null, 5])).toEqual({ minimum: 5, median: 5, maximum: 5 });
  expect(toSpread([null])).toBeNull();
});
