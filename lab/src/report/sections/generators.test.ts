import { Value } from 'typebox/value';
import { expect, it } from 'vitest';
import { sampleRun } from '../../../test/fixtures/sample-run.ts';
import { type GeneratorFigures, runDocumentSchema } from '../../core/document.ts';
import type { LabEvent } from '../../core/events.ts';
import { toRunDocument } from '../fold.ts';
import { toRunView } from '../view.ts';
import { renderReproduce } from './reproduce.ts';
import { renderValidity } from './validity.ts';

const generators: GeneratorFigures[] = ['load-1-0-x7k2p', 'load-1-1-q9wzt'].map((name) => ({
  name,
  plannedRequests: 950,
  sentRequests: 949,
  latenessP99Ms: 2.5,
  utilisationRatio: 0.12,
  startUncertaintyMs: 1.5,
}));

/** The sample run, made by two pods. */
function sharedRun(): LabEvent[] {
  return sampleRun().map((event): LabEvent => {
    if (event.type === 'run-started') return { ...event, driver: 'cluster', generators: 2 };
    if (event.type !== 'arm-finished') return event;
    return { ...event, result: { ...event.result, validity: { ...event.result.validity, generators } } };
  });
}

function pageOf(events: readonly LabEvent[]): string {
  const document = toRunDocument(events);
  const [view] = toRunView(document, events).scenarios;
  if (view === undefined) throw new Error('the sample run has no scenario');
  return `${renderReproduce(document).markup}${renderValidity(view).markup}`.replaceAll(/\s+/g, ' ');
}

it('says how many generators made the load, and what each of them did in each arm', () => {
  const page = pageOf(sharedRun());
  expect(page).toContain('<dt>Load generator</dt> <dd>cluster, 2 generators</dd>');
  expect(page).toMatch(
    /unprotected<\/th><td>load-1-1-q9wzt<\/td><td.*?>2.5 ms<\/td><td.*?>949 of 950<\/td><td.*?>12 %<\/td><td.*?>± 1.5 ms/,
  );
});

it('says nothing of them where one process made the load', () => {
  const page = pageOf(sampleRun());
  expect(page).toContain('<dd>embedded</dd>');
  expect(page).not.toContain('Each generator');
});

it('keeps to the schema of the document', () => {
  expect([...Value.Errors(runDocumentSchema, toRunDocument(sharedRun()))]).toEqual([]);
});
