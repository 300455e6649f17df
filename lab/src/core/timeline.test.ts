import { expect, test } from 'vitest';
import { scenario as cascade } from '../scenarios/cascade-failure.ts';
import { scenario as baseline } from '../scenarios/baseline.ts';
import { durationSecondsOf } from './plan.ts';
import { loadSecondsOf, toLoadPlan, toWindows } from './timeline.ts';

test('one deadline lies between the baseline and the trigger, and between during and the end of the trigger', () => {
  const windows = toWindows(cascade);
  expect(windows).toEqual({
    'warm-up': { startSecond: 0, endSecond: 2 },
    baseline: { startSecond: 2, endSecond: 5 },
    trigger: { startSecond: 6, endSecond: 14 },
    during: { startSecond: 7, endSecond: 13 },
    after: { startSecond: 14, endSecond: 20 },
  });
});

test('a scenario without a trigger has a steady during and no after', () => {
  expect(toWindows(baseline).during).toEqual({ startSecond: 7, endSecond: 17 });
  expect(toWindows(baseline).after).toBeUndefined();
});

test('the load lasts from the first to the last second of the windows', () => {
  expect(loadSecondsOf(cascade)).toBe(20);
  expect(durationSecondsOf(toLoadPlan(cascade, 1))).toBe(20);
});
