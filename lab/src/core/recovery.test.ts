import { expect, test } from 'vitest';
import { toLoadSecond } from '../../test/fakes/fake-system.ts';
import type { LoadSecond } from './events.ts';
import { recoverySecondsOf } from './recovery.ts';

const windows = { baseline: { startSecond: 0, endSecond: 2 }, after: { startSecond: 4, endSecond: 10 } };
const well = { outcomes: { good: 10 }, latencyMs: 5 };
const bad = { outcomes: { good: 5, timeout: 5 }, latencyMs: 1000 };
const slow = { outcomes: { good: 10 }, latencyMs: 50 };
const silent = { outcomes: {}, latencyMs: 0 };

type Routes = Parameters<typeof toLoadSecond>[1];

/** Two seconds of the baseline, then those after the trigger. */
function recoveryOf(baseline: Routes, after: readonly Routes[]): number | null {
  const seconds: LoadSecond[] = [
    ...[0, 1].map((second) => toLoadSecond(second, baseline)),
    ...after.map((routes, index) => toLoadSecond(4 + index, routes)),
  ];
  return recoverySecondsOf({ windows, seconds, samples: [], incidents: [], poolSize: 10 });
}

const ofPage = (seconds: readonly Routes[string][]) =>
  recoveryOf(
    { page: well },
    seconds.map((page) => ({ page })),
  );

test('recovery is the first of three seconds in a row that are as in the baseline', () => {
  expect(ofPage([well, well, well, well, well, well])).toBe(0);
  expect(ofPage([bad, well, bad, well, well, well])).toBe(3);
  expect(ofPage([bad, bad, bad, bad, well, well])).toBeNull();
});

test('a second with all answers but late ones is not recovered', () => {
  expect(ofPage([slow, slow, slow, slow, slow, slow])).toBeNull();
});

test('a second in which a route of the baseline got no answer is not recovered', () => {
  expect(ofPage([silent, well, well, well, silent, silent])).toBe(1);
});

test('a route that the baseline did not ask for does not count', () => {
  const after = Array.from({ length: 6 }, () => ({ page: well, burst: bad }));
  expect(recoveryOf({ page: well, burst: silent }, after)).toBe(0);
  expect(recoveryOf({ page: well }, after)).toBe(0);
});

test('without a baseline there is nothing to recover to', () => {
  expect(recoveryOf({ page: silent }, [{ page: well }, { page: well }, { page: well }])).toBeNull();
});
