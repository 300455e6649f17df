import { expect, test } from 'vitest';
import { failure } from './failure.ts';

test('a request fails when its draw is below the ratio', () => {
  const draws = [0.29, 0.3, 0.99, 0];
  const effect = failure.start({ failureRatio: 0.3 }, () => draws.shift() ?? 1);
  expect([1, 2, 3, 4].map(() => effect?.fails?.())).toEqual([true, false, false, true]);
});

test('a ratio of zero is an effect that never fails, and no ratio is no effect', () => {
  expect(failure.start({ failureRatio: 0 }, () => 0)?.fails?.()).toBe(false);
  expect(failure.start({}, () => 0)).toBeUndefined();
});
