import { expect, it } from 'vitest';
import { sampleRun } from '../../../test/fixtures/sample-run.ts';
import type { LabEvent } from '../../core/events.ts';
import { toRunDocument } from '../fold.ts';
import { toRunView } from '../view.ts';
import { renderTimeline } from './timeline.ts';

function timelineOf(events: readonly LabEvent[]): string {
  const [view] = toRunView(toRunDocument(events), events).scenarios;
  if (view === undefined) throw new Error('the sample run has no scenario');
  return renderTimeline(view).markup;
}

it('says that all arms got the same load, but only where they did', () => {
  expect(timelineOf(sampleRun())).toContain('All arms got the same load.');
  const other = sampleRun().map((event): LabEvent => {
    if (event.type !== 'arm-finished' || event.arm !== 'retry') return event;
    const setup = { ...event.result.setup, load: { tasks: { rate: 80 } } };
    return { ...event, result: { ...event.result, setup } };
  });
  expect(timelineOf(other)).toContain('Not all arms got the same load');
});
