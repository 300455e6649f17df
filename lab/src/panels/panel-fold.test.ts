import { expect, it } from 'vitest';
import { armEvents, sampleArms, sampleRun } from '../../test/fixtures/sample-run.ts';
import type { LabEvent } from '../core/events.ts';
import { connectionWaiters } from './connection-waiters.ts';
import { goodput } from './goodput.ts';
import { createPanelFold, foldPanel } from './panel-fold.ts';

const waiting = (replica: string, atSecond: number, waiters: number | null): LabEvent => ({
  type: 'sample',
  scenario: 's',
  arm: 'a',
  attempt: 1,
  sample: {
    service: 'backend',
    replica,
    atSecond,
    metrics: waiters === null ? null : { db_client_connection_pending_requests: waiters },
  },
});

it('gives the same live, event by event, as afterwards at once', () => {
  const fold = createPanelFold(goodput);
  for (const event of sampleRun()) {
    fold.add(event);
    fold.series();
  }
  expect(fold.series()).toEqual(foldPanel(goodput, sampleRun()));
});

it('adds replicas up that were sampled a little apart', () => {
  const [series] = foldPanel(connectionWaiters, [waiting('one', 3.02, 4), waiting('two', 3.1, 5)]);
  expect(series?.points).toEqual([{ atSecond: 3, value: 9 }]);
});

it('knows no sum where one of two replicas did not answer', () => {
  const [series] = foldPanel(connectionWaiters, [waiting('one', 3, 4), waiting('two', 3, null)]);
  expect(series?.points).toEqual([{ atSecond: 3, value: null }]);
});

it('lets a second attempt replace the first', () => {
  const [arm] = sampleArms;
  if (arm === undefined) throw new Error('the sample run has no arm');
  const second = armEvents('s', { ...arm, tasksGoodput: 1 }, 2);
  expect(foldPanel(goodput, [...armEvents('s', arm), ...second])).toEqual(foldPanel(goodput, second));
});

it('keeps arms and scenarios apart', () => {
  const names = new Set(foldPanel(goodput, sampleRun()).map(({ arm }) => arm));
  expect([...names]).toEqual(sampleArms.map(({ name }) => name));
});
