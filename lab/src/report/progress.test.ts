import { expect, it } from 'vitest';
import { resultOf, sampleArms, sampleRun } from '../../test/fixtures/sample-run.ts';
import type { LabEvent } from '../core/events.ts';
import { initialProgress, toBars, toProgress } from './progress.ts';

const style = { colour: false, unicode: false, widthColumns: 100 };

function play(events: readonly LabEvent[], look = style) {
  const shown = { lines: [] as string[], statuses: [] as string[] };
  let state = initialProgress;
  for (const event of events) {
    const progress = toProgress(state, event, look);
    ({ state } = progress);
    shown.lines.push(...progress.lines);
    if (progress.status !== null) shown.statuses.push(progress.status);
  }
  return shown;
}

it('tells the story of a run in plain lines', () => {
  const { lines } = play(sampleRun());
  expect(lines.slice(0, 4)).toEqual([
    'run 2026-03-01-101500-cascade-failure: cascade-failure, 4 arms, seed 42',
    'cascade-failure / unprotected (1 of 4, 19 s of load): The backend as it is, with a pool of 10.',
    '  warm-up: warming up (second 0 to 2 of 19)',
    '  baseline: measuring the healthy system (second 2 to 6 of 19)',
  ]);
  expect(lines).toContain('  protected: FIXED: this helped, as declared');
  expect(lines.at(-1)).toBe('cascade-failure: as declared');
});

it('has neither control codes nor anything but ASCII without a terminal', () => {
  const { lines, statuses } = play(sampleRun());
  expect([...lines, ...statuses].join('')).toMatch(/^[\u0020-\u007E]*$/);
});

it('draws the goodput of each route in a line that fits', () => {
  const { statuses } = play(sampleRun(), { ...style, widthColumns: 90 });
  expect(statuses[8]).toBe(
    '  unprotected 9/19 s during  GET /api/cascade-failure #=__ 0 %  GET /api/tasks #=__ 2.5 %',
  );
  expect(Math.max(...statuses.map(({ length }) => length))).toBeLessThan(90);
});

it('says plainly that a verdict is not the declared one, and that an arm is run once more', () => {
  const [arm] = sampleArms;
  if (arm === undefined) throw new Error('the sample run has no arm');
  const events = sampleRun().flatMap((event): LabEvent[] => {
    if (event.type === 'arm-finished')
      return [{ ...event, result: { ...resultOf(arm), verdict: 'NOT DEMONSTRATED' } }];
    return event.type === 'arm-started' ? [event, { ...event, attempt: 2 }] : [event];
  });
  const { lines } = play(events);
  expect(lines).toContain(
    '  unprotected: NOT DEMONSTRATED: it did not break, NOT as declared (DEMONSTRATED)',
  );
  expect(lines[2]).toContain('cascade-failure / unprotected (once more, 19 s of load)');
});

it('says what was measured before the load, and which process ended how', () => {
  const incident = { replica: 'backend-2', reason: 'OOMKilled', exitCode: 137, atSecond: 6.83 } as const;
  const { lines } = play([
    { type: 'calibrated', scenario: 'cpu-stress', readings: { cpuMs: 55.772 } },
    { type: 'incident', scenario: 'memory-stress', arm: 'unprotected', attempt: 1, incident },
  ]);
  expect(lines).toEqual([
    'cpu-stress: measured on this machine: cpu 55.77 ms',
    '  second 6.8: backend-2 ended: OOMKilled, exit code 137',
  ]);
});

it('makes a bar for each second, and none where nothing was offered', () => {
  expect(toBars([0, 0.5, 1, null, 0.01], { unicode: true })).toBe('▁▄█ ▁');
});
