import { expect, test } from 'vitest';
import { loadScenarios } from '../src/commands/catalogue.ts';
import { hasFix } from '../src/core/scenario.ts';

const scenarios = await loadScenarios();
const arms = scenarios.flatMap((scenario) =>
  Object.entries(scenario.arms).map(([name, arm]) => ({ scenario, name, arm })),
);

test('every file of the folder is a scenario with the name of its file', () => {
  expect(scenarios.map(({ name }) => name)).toEqual(['baseline', 'cascade-failure']);
});

test.each(arms)(
  '$scenario.name / $name: one failure claim is about a counter of the mechanism',
  ({ arm }) => {
    expect(arm.failureClaims.some(({ metric }) => metric.startsWith('mechanism.'))).toBe(true);
  },
);

test.each(arms)('$scenario.name / $name: the declared verdict is one that its role can get', ({ arm }) => {
  const legal = hasFix(arm.role) ? ['FIXED', 'NOT FIXED'] : ['DEMONSTRATED', 'NOT DEMONSTRATED'];
  expect(legal).toContain(arm.declared);
});

test.each(arms)('$scenario.name / $name: no measurement can satisfy both kinds of claims', ({ arm }) => {
  const contradict = arm.failureClaims.some((failure) =>
    arm.healthClaims.some(
      (health) =>
        health.metric === failure.metric &&
        health.route === failure.route &&
        health.comparison[0] !== failure.comparison[0] &&
        typeof health.bound === 'number' &&
        typeof failure.bound === 'number' &&
        (failure.comparison.startsWith('<') ? failure.bound < health.bound : failure.bound > health.bound),
    ),
  );
  expect(contradict).toBe(true);
});

test('the demand for connections in the cascade is at least 12 × the pool, and its unrelated load 4 × as fast', () => {
  const cascade = scenarios.find(({ name }) => name === 'cascade-failure');
  const rate = cascade?.load['cascade']?.rate ?? 0;
  const heldSeconds =
    (Number(cascade?.system.backendEnvironment['CASCADE_CALLS']) *
      Number(cascade?.trigger?.behaviour['delayMs'] ?? 0)) /
    1000;
  expect((rate * heldSeconds) / (cascade?.system.poolSize ?? 1)).toBeGreaterThanOrEqual(12);
  expect((cascade?.load['tasks']?.rate ?? 0) / rate).toBeGreaterThanOrEqual(4);
});

test('the retries of the wrong fix alone ask for at least 4 × the pool', () => {
  const cascade = scenarios.find(({ name }) => name === 'cascade-failure');
  const retry = cascade?.arms['retry']?.protections['retry'];
  const seconds = (Number(retry?.['attempts']) * Number(retry?.['timeoutMs'])) / 1000;
  expect(seconds * (cascade?.load['cascade']?.rate ?? 0)).toBeGreaterThanOrEqual(
    4 * (cascade?.system.poolSize ?? 1),
  );
});
