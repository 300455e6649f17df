import { expect, it } from 'vitest';
import { parseXml } from '../../test/fixtures/parse-xml.ts';
import { sampleRun } from '../../test/fixtures/sample-run.ts';
import type { ArmResult, RunDocument, ScenarioResult } from '../core/document.ts';
import { toRunDocument } from './fold.ts';
import { renderJunit } from './junit.ts';

/** The sample run with its first arm changed. */
function withFirstArm(change: Partial<ArmResult>): RunDocument {
  const document = toRunDocument(sampleRun());
  const scenarios = document.scenarios.map((scenario) => ({
    ...scenario,
    arms: scenario.arms.map((arm, index) => (index === 0 ? { ...arm, ...change } : arm)),
  }));
  return { ...document, scenarios };
}

const firstCase = (document: RunDocument) => parseXml(renderJunit(document)).children[0]?.children[0];

it('has a suite for each scenario and a case for each arm', () => {
  const suites = parseXml(renderJunit(toRunDocument(sampleRun())));
  expect(suites).toMatchObject({
    name: 'testsuites',
    attributes: { tests: '4', failures: '0', skipped: '0' },
  });
  expect(suites.children.map(({ attributes }) => attributes['name'])).toEqual(['cascade-failure']);
  expect(suites.children[0]?.children.map(({ attributes }) => attributes)).toContainEqual({
    classname: 'cascade-failure',
    name: 'retry',
    time: '19',
  });
});

it('makes a wrong verdict a failure with the claims that do not hold', () => {
  const document = withFirstArm({ verdict: 'NOT DEMONSTRATED', claims: [] });
  const claims = document.scenarios[0]?.arms[3]?.claims ?? [];
  const wrong = firstCase(withFirstArm({ verdict: 'NOT DEMONSTRATED', claims }));
  expect(wrong?.children[0]).toMatchObject({
    name: 'failure',
    attributes: { message: 'NOT DEMONSTRATED, declared DEMONSTRATED' },
    text: expect.stringContaining('during.goodputRatio of GET /api/tasks: 100 %, wanted <= 10 %') as string,
  });
  expect(parseXml(renderJunit(document)).attributes['failures']).toBe('1');
});

it('skips an inconclusive arm, with its reason', () => {
  const document = withFirstArm({ verdict: 'INCONCLUSIVE', reason: 'requests left late' });
  expect(firstCase(document)?.children[0]).toMatchObject({
    name: 'skipped',
    attributes: { message: 'INCONCLUSIVE: requests left late' },
  });
  expect(parseXml(renderJunit(document)).attributes).toMatchObject({ failures: '0', skipped: '1' });
});

it('shows a scenario without arms as skipped', () => {
  const document = toRunDocument(sampleRun());
  const skipped: ScenarioResult = {
    name: 'oom-killed',
    question: '?',
    outcome: 'skipped',
    reason: 'no cgroups',
    calibration: null,
    arms: [],
  };
  const suites = parseXml(renderJunit({ ...document, scenarios: [skipped] }));
  expect(suites.children[0]?.children[0]?.children[0]?.attributes).toEqual({ message: 'no cgroups' });
});

it('stays well-formed whatever a text holds', () => {
  const reason = 'a <b> & "c" \u0000\u001B[31m \uD800 \uFFFF\nnext line';
  const [message] = firstCase(withFirstArm({ verdict: 'INCONCLUSIVE', reason }))?.children ?? [];
  expect(message?.attributes['message']).toBe(
    'INCONCLUSIVE: a <b> & "c" \uFFFD\uFFFD[31m \uFFFD \uFFFD\nnext line',
  );
});
