import { describe, expect, it } from 'vitest';
import type { LoadSecond } from '../../core/events.ts';
import { decodeHistogram, percentileMs } from '../../core/histogram.ts';
import { Recorder } from './recorder.ts';

const routes = [
  { key: 'a', method: 'GET', path: '/a', deadlineMs: 1000 },
  { key: 'b', method: 'GET', path: '/b', deadlineMs: 1000 },
] as const;

function createRecorder(
  starts: readonly (readonly [startMs: number, routeIndex: number])[],
  secondCount: number,
) {
  const seconds: LoadSecond[] = [];
  const schedule = {
    startsMs: Float64Array.from(starts, ([startMs]) => startMs),
    routeIndexes: Uint16Array.from(starts, ([, routeIndex]) => routeIndex),
  };
  return { recorder: new Recorder(routes, schedule, secondCount, (second) => seconds.push(second)), seconds };
}

describe('Recorder', () => {
  it('sorts by the intended start, whenever the answer came', () => {
    const { recorder, seconds } = createRecorder(
      [
        [500, 0],
        [1500, 1],
      ],
      2,
    );
    recorder.recordSent(500, 1);
    recorder.recordOutcome(1500, 1, 'shed', 5);
    recorder.recordOutcome(500, 0, 'good', 900);
    recorder.endSecond(0, 0.25);
    recorder.endSecond(1, 0.5);
    while (recorder.handOut());
    expect(seconds).toMatchObject([
      {
        second: 0,
        planned: 1,
        sent: 1,
        utilisationRatio: 0.25,
        routes: { a: { offered: 1, outcomes: { good: 1 } } },
      },
      {
        second: 1,
        planned: 1,
        sent: 1,
        routes: { a: { offered: 0, outcomes: {} }, b: { outcomes: { shed: 1 } } },
      },
    ]);
    expect(percentileMs([decodeHistogram(seconds[0]?.routes['a']?.latencies['good'] ?? '')], 50)).toBeCloseTo(
      900,
      0,
    );
    expect(recorder.busiestRatio).toBe(0.5);
    expect(recorder.complete).toBe(true);
  });

  it('keeps a second until it is over and every request in it has its outcome', () => {
    const { recorder, seconds } = createRecorder(
      [
        [0, 0],
        [10, 0],
        [1000, 0],
      ],
      2,
    );
    recorder.recordOutcome(0, 0, 'good', 1);
    recorder.recordOutcome(1000, 0, 'good', 1);
    recorder.endSecond(0, 0);
    recorder.endSecond(1, 0);
    expect(recorder.handOut()).toBe(false);
    recorder.recordOutcome(10, 0, 'timeout', 1000);
    expect(recorder.handOut()).toBe(true);
    expect(recorder.handOut()).toBe(true);
    expect(seconds.map((second) => second.second)).toEqual([0, 1]);
  });

  it('hands out a second without requests once it is over', () => {
    const { recorder, seconds } = createRecorder([], 1);
    expect(recorder.handOut()).toBe(false);
    recorder.endSecond(0, 0);
    expect(recorder.handOut()).toBe(true);
    expect(seconds[0]).toMatchObject({ planned: 0, sent: 0 });
  });

  it('counts what was not sent as planned, not as sent', () => {
    const { recorder, seconds } = createRecorder(
      [
        [0, 0],
        [1, 0],
      ],
      1,
    );
    recorder.recordOutcome(0, 0, 'not-sent', 1000);
    recorder.recordOutcome(1, 0, 'good', 5);
    recorder.endSecond(0, 0);
    recorder.handOut();
    expect(seconds[0]).toMatchObject({ planned: 2, sent: 1 });
    expect(recorder.notSent).toBe(1);
  });
});
