import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { sampleRun } from '../../test/fixtures/sample-run.ts';
import type { ArmResult, RunDocument, ScenarioResult } from '../core/document.ts';
import { toRunDocument } from './fold.ts';
import { renderTerminal } from './terminal.ts';

const plain = { colour: false, unicode: false, widthColumns: 100 };
const document = toRunDocument(sampleRun());

function withArms(
  change: (arm: ArmResult) => Partial<ArmResult>,
  outcome: 'inconclusive' | 'not-as-declared',
) {
  const scenarios = document.scenarios.map((scenario) => ({
    ...scenario,
    outcome,
    arms: scenario.arms.map((arm) => ({
      ...arm,
      ...change(arm),
    })),
  }));
  return { ...document, scenarios } satisfies RunDocument;
}

describe('the end of a run', () => {
  it('says at one glance what broke, what did not help, what helped', () => {
    const text = renderTerminal(document, plain);
    expect(text).toContain('What broke:         unprotected (1.9 % of GET /api/tasks)');
    expect(text).toContain(
      'What did not help:  larger-pool (5 % of GET /api/tasks), retry (0 % of GET /api/tasks)',
    );
    expect(text).toContain('What helped:        protected (100 % of GET /api/tasks)');
    expect(text.trimEnd().split('\n').at(-1)).toBe('cascade-failure: every verdict is as declared');
  });

  it.each([60, 80, 100, 120])('fits %i columns in ASCII', (widthColumns) => {
    const text = renderTerminal(document, { ...plain, widthColumns });
    expect(text).toMatch(/^[\n\u0020-\u007E]*$/);
    expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(widthColumns);
  });

  it('is the same text with colours, and has them only when asked', () => {
    const look = { ...plain, unicode: true };
    const colours = renderTerminal(document, { ...look, colour: true });
    expect(colours).toContain('\u001B[31mDEMONSTRATED');
    expect(stripVTControlCharacters(colours)).toBe(renderTerminal(document, look));
  });

  it('does not list health claims of an arm that broke as it should', () => {
    expect(renderTerminal(document, plain)).not.toContain('wanted');
  });

  it('lists the claims behind a wrong verdict, with measured value and bound', () => {
    const wrong = withArms(
      ({ role }) => (role === 'protected' ? { declared: 'NOT FIXED' } : {}),
      'not-as-declared',
    );
    const text = renderTerminal(wrong, plain);
    expect(text).toContain('protected: declared NOT FIXED, but these claims do not hold:');
    expect(text.replaceAll(/\s+/g, ' ')).toContain('100 %, wanted <= 10 %');
    expect(text).toContain('FIXED WRONG');
  });

  it('gives the reason of an inconclusive arm, and says that it cannot be believed', () => {
    const reasons = ['requests left late: p99 40.0 ms after their time, limit 20 ms'];
    const late = withArms(
      ({ name, validity }) =>
        name === 'retry'
          ? {
              verdict: 'INCONCLUSIVE',
              reason: reasons[0] ?? '',
              validity: { ...validity, valid: false, reasons },
            }
          : {},
      'inconclusive',
    );
    const text = renderTerminal(late, plain);
    expect(text).toContain(`retry is INCONCLUSIVE: ${reasons[0]}`);
    expect(text).toContain('Can it be believed? not retry');
    expect(text).toContain('No verdict:');
  });

  it('says why a scenario without arms was skipped', () => {
    const skipped: ScenarioResult = {
      name: 'oom-killed',
      question: 'Q?',
      outcome: 'skipped',
      reason: 'no cgroups',
      calibration: null,
      arms: [],
    };
    expect(renderTerminal({ ...document, scenarios: [skipped] }, plain)).toBe(
      'oom-killed: Q?\n  skipped: no cgroups\n',
    );
  });

  it('writes never where the system did not recover', () => {
    expect(
      renderTerminal(
        withArms(() => ({ recoverySeconds: null }), 'inconclusive'),
        plain,
      ),
    ).toContain(' never |');
  });
});
