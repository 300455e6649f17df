import { expect, test } from 'vitest';
import { createCodel } from './codel.ts';

/** The time, the wait of the request that leaves the queue then, and whether it is dropped. */
type Step = readonly [nowMs: number, waitedMs: number, isDropped: boolean];

const replay = (steps: readonly Step[]): readonly Step[] => {
  const codel = createCodel({ targetMs: 5, intervalMs: 100 }, 0);
  return steps.map(([nowMs, waitedMs]) => [nowMs, waitedMs, codel.drops(waitedMs, nowMs)]);
};

test('a queue that stands for an interval drops who waited longer than twice the target, in the next', () => {
  const steps: readonly Step[] = [
    [10, 8, false], // the first request: shortest wait 8
    [20, 12, false], // opens an interval until 120, overloaded since 8 > 5; the opener is never dropped
    [30, 11, true],
    [31, 10.1, true],
    [40, 10, false], // exactly twice the target
    [110, 300, true],
  ];
  expect(replay(steps)).toEqual(steps);
});

test('one short wait in the interval is enough to call it a burst', () => {
  const steps: readonly Step[] = [
    [10, 8, false],
    [20, 50, false], // until 120, overloaded
    [60, 5, false], // the target itself is not above it
    [120, 60, true], // the interval's last moment
    [121, 60, false], // the next interval, not overloaded
    [122, 5000, false],
    [222, 60, false], // shortest wait 60: overloaded again
    [223, 60, true],
  ];
  expect(replay(steps)).toEqual(steps);
});

test('a request that found no queue ends the overload with its interval', () => {
  const steps: readonly Step[] = [
    [10, 20, false],
    [20, 20, false],
    [21, 20, true],
    [90, 0, false],
    [130, 20, false],
    [131, 20, false],
  ];
  expect(replay(steps)).toEqual(steps);
});
