import { expect, it } from 'vitest';
import { sampleArms, sampleRun } from '../../test/fixtures/sample-run.ts';
import type { ScenarioResult } from '../core/document.ts';
import { toRunDocument } from './fold.ts';
import { renderPage } from './page.ts';

const story = { watch: 'Watch this.', production: 'It happens.', resembles: 'An outage.' };

function pageOf(changes: Partial<ScenarioResult> = {}, arms = sampleArms): string {
  const document = toRunDocument(sampleRun(arms));
  const [result] = document.scenarios;
  if (result === undefined) throw new Error('the sample run has no scenario');
  return renderPage(document, { ...result, ...changes }, story, 'images/cascade-failure.svg');
}

it('says question, story, picture and the command that repeats it', () => {
  const page = pageOf();
  const question = 'Can one slow dependency take down routes that never call it?';
  expect(page.startsWith(`# cascade-failure\n\n**${question}**\n`)).toBe(true);
  expect(page).toContain(`![${question}](images/cascade-failure.svg)`);
  expect(page).toContain('Watch this.\n\n**In production.** It happens.\n\n**Resembles.** An outage.');
  expect(page).toContain('```bash\nnpx lab run cascade-failure\n```');
});

it('has a row for each arm with its role, what it tries and what is declared', () => {
  expect(pageOf()).toContain(
    '| `larger-pool` | wrong fix | Twice as many database connections. | NOT FIXED |',
  );
});

it('gives the claims that decided each verdict, with what was measured and the bound, and no others', () => {
  const page = pageOf();
  expect(page).toContain(
    '| `unprotected` | DEMONSTRATED | the unrelated route stops answering: 1.9 %, wanted <= 10 %<br>the other route holds the pool: 100 %, wanted >= 90 % |',
  );
  expect(page).toContain(
    '| `protected` | FIXED | the unrelated route keeps answering: 100 %, wanted >= 99 % |',
  );
});

it('says why an arm gave no verdict', () => {
  const result = toRunDocument(sampleRun()).scenarios[0];
  const arms = (result?.arms ?? []).map((arm) => ({
    ...arm,
    verdict: 'INCONCLUSIVE' as const,
    reason: 'the generator was late',
  }));
  expect(pageOf({ arms })).toContain('| `retry` | INCONCLUSIVE | the generator was late<br>');
});

it('says what every arm has, and what differs', () => {
  const page = pageOf();
  expect(page).toContain('- Trigger: 6 s: the downstream behaves with delayMs 6000');
  expect(page).toContain('- System: 1 replica; no limit of CPU; no limit of memory\n');
  expect(page).toContain('| arm | system | protections |');
  expect(page).toContain('| `larger-pool` | a pool of 20 connections | none |');
});

it('says where and when it was measured', () => {
  expect(pageOf()).toContain(
    '2026-03-01, 2 × Intel Xeon 2.60GHz, Node 20.20.2, PostgreSQL 18.4, limits: none, commit a1b2c3d.',
  );
});

it('says what was measured before the load was stated, where something was', () => {
  expect(pageOf()).not.toContain('Measured before');
  expect(pageOf({ calibration: { cpuMs: 55.772 } })).toContain(
    'Measured before the load was stated: cpu 55.77 ms.',
  );
});
