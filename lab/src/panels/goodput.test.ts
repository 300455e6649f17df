import { expect, it } from 'vitest';
import { panelValues } from '../../test/fixtures/panel-values.ts';
import { tasks } from '../../test/fixtures/sample-seconds.ts';
import type { LabEvent } from '../core/events.ts';
import { goodput } from './goodput.ts';
import { foldPanel } from './panel-fold.ts';

const { valueAt } = panelValues(goodput);

it('is the share of good answers in the middle of each second', () => {
  expect(valueAt({ arm: 'unprotected', route: tasks, at: 3.5 })).toBe(1);
  expect(valueAt({ arm: 'unprotected', route: tasks, at: 7.5 })).toBeCloseTo(2 / 80);
  expect(valueAt({ arm: 'retry', route: tasks, at: 7.5 })).toBe(0);
});

it('is unknown, not zero, in a second in which nothing was offered', () => {
  const load = { second: 0, routes: { r: { offered: 0, outcomes: {}, latencies: {} } } };
  const event: LabEvent = {
    type: 'load-second',
    scenario: 's',
    arm: 'a',
    attempt: 1,
    load: {
      ...load,
      lateness: '',
      planned: 0,
      sent: 0,
      utilisationRatio: 0,
    },
  };
  expect(foldPanel(goodput, [event])[0]?.points).toEqual([{ atSecond: 0.5, value: null }]);
});
