import { expect, test } from 'vitest';
import { plainScenario } from '../../test/fixtures/plain-scenario.ts';
import { resolveArm } from './resolve-arm.ts';
import type { Arm } from './scenario.ts';

const resolved = (more: Partial<Arm>) =>
  resolveArm(plainScenario, { ...(plainScenario.arms['unprotected'] as Arm), ...more });

test('an arm without changes is the scenario', () => {
  expect(resolved({})).toEqual(plainScenario);
});

test('an arm takes the place of what it names, and adds variables', () => {
  const { system } = resolved({ system: { poolSize: 40, backendEnvironment: { B: '3', C: '4' } } });
  expect(system).toEqual({
    ...plainScenario.system,
    poolSize: 40,
    backendEnvironment: { A: '1', B: '3', C: '4' },
  });
});

test('an arm with streams of its own has only their routes', () => {
  const { load, routes } = resolved({ streams: ['page'] });
  expect([Object.keys(load), Object.keys(routes)]).toEqual([['page'], ['page']]);
});

test('an arm may have its own trigger and times', () => {
  const trigger = { durationSeconds: 3, replicas: 4 };
  const scenario = resolved({ trigger, timeline: { afterSeconds: 0 } });
  expect(scenario.trigger).toEqual(trigger);
  expect(scenario.timeline).toEqual({ ...plainScenario.timeline, afterSeconds: 0 });
});
