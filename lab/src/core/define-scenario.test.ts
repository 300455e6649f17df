import { expect, test } from 'vitest';
import { plainScenario } from '../../test/fixtures/plain-scenario.ts';
import { mechanism } from './claim-builders.ts';
import { defineScenario } from './define-scenario.ts';
import type { Arm, Claim, Scenario } from './scenario.ts';
import { steady } from './stream-builders.ts';

const unprotected = plainScenario.arms['unprotected'] as Arm;
const claim = unprotected.failureClaims[0] as Claim;

const withArm = (more: Partial<Arm>): Scenario => ({
  ...plainScenario,
  arms: { a: { ...unprotected, ...more } },
});
const withClaim = (more: Partial<Claim>) => withArm({ failureClaims: [{ ...claim, ...more }] });
const withSystem = (more: Partial<Scenario['system']>) => withArm({ system: more });

test('a scenario without a fault is what was defined', () => {
  expect(defineScenario(plainScenario)).toBe(plainScenario);
});

const faults: readonly (readonly [string, Scenario])[] = [
  ['load more: no route nowhere', { ...plainScenario, load: { more: steady('nowhere', 1) } }],
  ['load burst: there is no trigger', { ...plainScenario, trigger: null }],
  ['arm a: a declared verdict needs claims', withArm({ failureClaims: [], healthClaims: [] })],
  ['arm a: no stream nothing', withArm({ streams: ['page', 'nothing'] })],
  ['arm a, claim "goodput of page <= its bound": needs a route', withClaim({ route: 'nowhere' })],
  ['no mechanism measure waiters', withArm({ failureClaims: [mechanism('waiters', '>=', 1, 'they wait')] })],
  ['no mechanism measure waiters', withClaim({ bound: { times: 2, of: 'mechanism.waiters' } })],
  ['no arm b', withClaim({ bound: { times: 2, of: 'during.p50Ms', arm: 'b' } })],
  [
    'takes 6 s to see, and the arm is watched for 5 s',
    withArm({
      timeline: { afterSeconds: 5 },
      healthClaims: [{ ...claim, metric: 'recoverySeconds', comparison: '<=', bound: 3 }],
    }),
  ],
  ['arm a: more than one replica needs balancing', withSystem({ replicas: 2 })],
  ['arm a: more than one replica needs balancing', withArm({ trigger: { durationSeconds: 1, replicas: 2 } })],
  [
    'arm a: the trigger disturbs the edge database, which is not in faultEdges',
    withArm({ trigger: { durationSeconds: 1, fault: { edge: 'database', kind: 'reset' } } }),
  ],
  [
    'arm a: the trigger and the autoscaler both set the replicas',
    withArm({
      trigger: { durationSeconds: 1, replicas: 2 },
      system: {
        balancing: { level: 'request' },
        autoscaler: {
          minReplicas: 1,
          maxReplicas: 2,
          averageUtilization: 60,
          requestCores: 1,
          syncPeriodSeconds: 1,
          stabilizationWindowSeconds: { scaleUp: 0, scaleDown: 0 },
        },
      },
    }),
  ],
];

test.each(faults)('%s', (fault, scenario) => {
  expect(() => defineScenario(scenario)).toThrow(fault);
});

test('every fault is told at once', () => {
  const scenario = { ...withArm({ streams: ['nothing'] }), load: { more: steady('nowhere', 1) } };
  expect(() => defineScenario(scenario)).toThrow(
    'scenario plain: load more: no route nowhere; arm a: no stream nothing',
  );
});

test('what only some arms have is no fault of the others', () => {
  const trigger = { durationSeconds: 1, fault: { edge: 'database', kind: 'reset' } } as const;
  const more = { ...unprotected, trigger, system: { faultEdges: ['database'] } } as const;
  const scenario = { ...plainScenario, arms: { ...plainScenario.arms, more } };
  expect(defineScenario(scenario)).toBe(scenario);
});
