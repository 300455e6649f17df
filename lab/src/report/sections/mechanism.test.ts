import { expect, it } from 'vitest';
import { sampleRun } from '../../../test/fixtures/sample-run.ts';
import type { ArmResult } from '../../core/document.ts';
import type { LabEvent } from '../../core/events.ts';
import { toRunDocument } from '../fold.ts';
import { toRunView } from '../view.ts';
import { renderMechanism } from './mechanism.ts';

function mechanismOf(events: readonly LabEvent[]): string {
  const [view] = toRunView(toRunDocument(events), events).scenarios;
  if (view === undefined) throw new Error('the sample run has no scenario');
  return renderMechanism(view).markup;
}

const withIncidents = (incidents: ArmResult['incidents']) =>
  sampleRun().map((event): LabEvent =>
    event.type === 'arm-finished' && event.arm === 'unprotected'
      ? { ...event, result: { ...event.result, incidents } }
      : event,
  );

it('lists each end of a process with its second, replica, reason and exit code', () => {
  const text = mechanismOf(
    withIncidents([{ replica: 'backend-1', reason: 'OOMKilled', exitCode: 137, atSecond: 6.832 }]),
  );
  expect(text).toContain(
    '<th scope="row">unprotected</th><td>backend-1</td><td>second 6.8</td><td>OOMKilled</td><td class="num">137</td>',
  );
});

it('has no list of ends where no process ended', () => {
  expect(mechanismOf(sampleRun())).not.toContain('Ends of processes');
});

it('leaves out every panel whose metric nobody kept', () => {
  const text = mechanismOf(sampleRun());
  expect(text).toContain('Calls to the downstream');
  for (const title of ['Memory of', 'Throttled', 'Restarts', 'Ready replicas'])
    expect(text).not.toContain(title);
});
