import { expect, test } from 'vitest';
import { plainScenario } from '../../test/fixtures/plain-scenario.ts';
import { claimsOf } from './arm-claims.ts';
import { withNeededArms } from './claims.ts';

const texts = (arm: string, withTrigger: boolean) =>
  claimsOf(plainScenario, arm, withTrigger).health.map(({ text }) => text);

test('with the trigger every claim of the arm counts', () => {
  const { failure, health } = claimsOf(plainScenario, 'protected', true);
  expect(failure).toBe(plainScenario.arms['protected']?.failureClaims);
  expect(health).toBe(plainScenario.arms['protected']?.healthClaims);
});

test('without it, evidence and routes that only the trigger asks for mean nothing', () => {
  expect(texts('unprotected', false)).toEqual(['goodput of page >= its bound']);
  expect(texts('protected', false)).not.toContain('the fix did something');
  expect(texts('protected', false)).not.toContain('goodput of burst >= its bound');
});

test('without it, a protected arm has to show what its fix costs, beside the unprotected one', () => {
  const costs = claimsOf(plainScenario, 'protected', false).health.slice(1);
  expect(costs.map(({ metric, bound }) => [metric, bound])).toEqual([
    ['during.goodputRatio', { times: 1, of: 'during.goodputRatio', plus: -0.01, arm: 'unprotected' }],
    ['during.p50Ms', { times: 1, of: 'during.p50Ms', plus: 1, arm: 'unprotected' }],
  ]);
  expect(withNeededArms(plainScenario, ['protected'], false)).toEqual(['unprotected', 'protected']);
  expect(withNeededArms(plainScenario, ['protected'])).toEqual(['protected']);
});
