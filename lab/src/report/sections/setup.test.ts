import { expect, it } from 'vitest';
import { sampleRun } from '../../../test/fixtures/sample-run.ts';
import type { ScenarioResult } from '../../core/document.ts';
import { toRunDocument } from '../fold.ts';
import { toRunView } from '../view.ts';
import { renderSetup } from './setup.ts';

function setupOf(changes: Partial<ScenarioResult> = {}): string {
  const events = sampleRun();
  const [view] = toRunView(toRunDocument(events), events).scenarios;
  if (view === undefined) throw new Error('the sample run has no scenario');
  return renderSetup({ ...view, result: { ...view.result, ...changes } }).markup.replaceAll(/\s+/g, ' ');
}

it('shows once what every arm has, and in a table what differs', () => {
  const text = setupOf();
  expect(text).toContain('<dt>Trigger</dt> <dd>6 s: the downstream behaves with delayMs 6000</dd>');
  expect(text.match(/delayMs 6000/g)).toHaveLength(1);
  expect(text).toMatch(/larger-pool<\/th><td>.*?a pool of 20 connections/);
});

it('shows what was measured before the load was stated, where something was', () => {
  expect(setupOf()).not.toContain('Measured before');
  expect(setupOf({ calibration: { hashMs: 20.535 } })).toContain(
    '<dt>Measured before the load was stated</dt> <dd>hash 20.54 ms</dd>',
  );
});
