import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { resultOf, sampleArms, sampleRun } from '../../test/fixtures/sample-run.ts';
import { runDocumentSchema } from '../core/document.ts';
import type { LabEvent } from '../core/events.ts';
import { isComplete, toRunDocument } from './fold.ts';

const [unprotected] = sampleArms;
if (unprotected === undefined) throw new Error('the sample run has no arm');

/** The recording up to and without the given event. */
function until(type: LabEvent['type'], occurrence: number): LabEvent[] {
  const events = sampleRun();
  const places = events.flatMap((event, index) => (event.type === type ? [index] : []));
  return events.slice(0, places[occurrence]);
}

describe('the document of a run', () => {
  it('keeps to its schema', () => {
    expect([...Value.Errors(runDocumentSchema, toRunDocument(sampleRun()))]).toEqual([]);
  });

  it('has every arm in the order of the scenario', () => {
    const [scenario] = toRunDocument(sampleRun()).scenarios;
    expect(scenario?.arms.map(({ name }) => name)).toEqual([
      'unprotected',
      'larger-pool',
      'retry',
      'protected',
    ]);
    expect(scenario?.outcome).toBe('as-declared');
  });

  it('takes the last attempt of an arm', () => {
    const events = sampleRun();
    const first = { ...resultOf(unprotected), verdict: 'INCONCLUSIVE' as const, reason: 'late' };
    const again: LabEvent[] = events.flatMap((event): LabEvent[] =>
      event.type === 'arm-finished' && event.arm === 'unprotected'
        ? [
            { ...event, result: first },
            { ...event, attempt: 2, result: resultOf(unprotected, 2) },
          ]
        : [event],
    );
    const [arm] = toRunDocument(again).scenarios[0]?.arms ?? [];
    expect(arm).toMatchObject({ verdict: 'DEMONSTRATED', attempts: 2, reason: null });
  });

  it('puts an arm that the scenario does not name last', () => {
    const custom = { ...resultOf(unprotected), name: 'custom', role: 'custom' as const };
    const [start, ...rest] = sampleRun();
    if (start === undefined) throw new Error('the sample run is empty');
    const event: LabEvent = {
      type: 'arm-finished',
      scenario: 'cascade-failure',
      arm: 'custom',
      attempt: 1,
      result: custom,
    };
    expect(toRunDocument([start, event, ...rest]).scenarios[0]?.arms.at(-1)?.name).toBe('custom');
  });
});

describe('an interrupted run', () => {
  it('keeps what is there and names what is missing', () => {
    const events = until('arm-finished', 2);
    const document = toRunDocument(events);
    expect(isComplete(events)).toBe(false);
    expect(document.scenarios[0]).toMatchObject({ outcome: 'inconclusive' });
    expect(document.scenarios[0]?.reason).toBe(
      'the run was interrupted: this scenario ended without retry, protected',
    );
    expect(document.scenarios[0]?.arms).toHaveLength(2);
    expect(document.durationSeconds).toBe(3 * 19);
    expect([...Value.Errors(runDocumentSchema, document)]).toEqual([]);
  });

  it('does not hide a wrong verdict', () => {
    const events = until('arm-finished', 1).map((event): LabEvent =>
      event.type === 'arm-finished'
        ? { ...event, result: { ...event.result, verdict: 'NOT DEMONSTRATED' } }
        : event,
    );
    expect(toRunDocument(events).scenarios[0]?.outcome).toBe('not-as-declared');
  });

  it('is an error without its beginning', () => {
    expect(() => toRunDocument(sampleRun().slice(1))).toThrow('there is no "run-started"');
  });
});
