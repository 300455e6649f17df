import { expect, test } from 'vitest';
import { plainScenario } from '../../test/fixtures/plain-scenario.ts';
import { durationSecondsOf } from './plan.ts';
import { inScaledTime, loadSecondsOf, toLoadPlan, toWindows } from './timeline.ts';

test('the largest deadline lies between the baseline and the trigger, and between during and the end of the trigger', () => {
  expect(toWindows(plainScenario)).toEqual({
    'warm-up': { startSecond: 0, endSecond: 2 },
    baseline: { startSecond: 2, endSecond: 5 },
    trigger: { startSecond: 7, endSecond: 15 },
    during: { startSecond: 8, endSecond: 13 },
    after: { startSecond: 15, endSecond: 21 },
  });
});

test('where replicas come slowly the disturbance lasts longer, and so does what it needs to take effect', () => {
  expect(toWindows(inScaledTime(plainScenario, 3))).toMatchObject({
    baseline: { startSecond: 2, endSecond: 5 },
    trigger: { startSecond: 7, endSecond: 31 },
    during: { startSecond: 10, endSecond: 29 },
    after: { startSecond: 31, endSecond: 37 },
  });
  const steady = { ...plainScenario, trigger: null };
  expect(inScaledTime(steady, 3)).toBe(steady);
});

test('a scenario without a trigger has a steady during and no after', () => {
  const timeline = { ...plainScenario.timeline, steadySeconds: 10 };
  const windows = toWindows({ ...plainScenario, trigger: null, timeline });
  expect(windows.during).toEqual({ startSecond: 7, endSecond: 17 });
  expect(windows.after).toBeUndefined();
});

test('where nothing is measured after the trigger there is no such window', () => {
  const timeline = { ...plainScenario.timeline, afterSeconds: 0 };
  const windows = toWindows({ ...plainScenario, timeline });
  expect(windows.after).toBeUndefined();
  expect(loadSecondsOf({ ...plainScenario, timeline })).toBe(15);
});

test('the load lasts from the first to the last second of the windows', () => {
  expect(loadSecondsOf(plainScenario)).toBe(21);
  expect(durationSecondsOf(toLoadPlan(plainScenario, 1))).toBe(21);
});

test('a stream of the trigger begins and ends with it, and is not there without it', () => {
  const streams = (withTrigger: boolean) =>
    toLoadPlan(plainScenario, 1, withTrigger).streams.map(({ name, ...stream }) => [
      name,
      stream.startTimeSeconds,
      'durationSeconds' in stream ? stream.durationSeconds : null,
    ]);
  expect(streams(true)).toEqual([
    ['page', 0, 21],
    ['burst', 7, 8],
  ]);
  expect(streams(false)).toEqual([['page', 0, 21]]);
});

test('clients that keep their connections are part of the plan, and of it alone', () => {
  const system = { ...plainScenario.system, clientConnections: 8 };
  expect(toLoadPlan({ ...plainScenario, system }, 1).connections).toBe(8);
  expect(toLoadPlan(plainScenario, 1)).not.toHaveProperty('connections');
});
