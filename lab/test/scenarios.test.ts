import { expect, test } from 'vitest';
import { loadScenarios } from '../src/commands/catalogue.ts';
import { type Claim, hasFix } from '../src/core/scenario.ts';

const scenarios = await loadScenarios();
const arms = scenarios.flatMap((scenario) =>
  Object.entries(scenario.arms).map(([name, arm]) => ({ scenario, name, arm })),
);

test('the catalogue holds the scenarios of the specification', () => {
  expect(scenarios.map(({ name }) => name)).toEqual([
    'baseline',
    'cascade-failure',
    'cpu-stress',
    'cpu-throttling',
    'db-pool-exhaust',
    'downstream-outage',
    'horizontal-scaling',
    'io-stress',
    'memory-stress',
    'oom-killed',
  ]);
});

test.each(scenarios.filter(({ name }) => name !== 'baseline'))(
  '$name: an unprotected arm, a wrong fix and a protected one',
  (scenario) => {
    const roles = Object.values(scenario.arms).map(({ role }) => role);
    expect(roles).toEqual(expect.arrayContaining(['unprotected', 'wrong-fix', 'protected']));
  },
);

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
        referenceOf(failure.bound) === referenceOf(health.bound) &&
        (failure.comparison.startsWith('<')
          ? factorOf(failure.bound) < factorOf(health.bound)
          : factorOf(failure.bound) > factorOf(health.bound)),
    ),
  );
  expect(contradict).toBe(true);
});

test('the demand for connections in the cascade is at least 12 × the pool, and its unrelated load 4 × as fast', () => {
  const cascade = scenarios.find(({ name }) => name === 'cascade-failure');
  const rate = cascade?.load['cascade']?.rate ?? 0;
  const heldSeconds =
    (Number(cascade?.system.backendEnvironment['CASCADE_CALLS']) *
      Number(cascade?.trigger?.behaviour?.['delayMs'] ?? 0)) /
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

/** Bounds can be compared when they are numbers or multiples of the same measurement. */
function referenceOf(bound: Claim['bound']): string {
  return typeof bound === 'number' ? 'number' : `${bound.arm ?? ''} ${bound.of}`;
}

function factorOf(bound: Claim['bound']): number {
  return typeof bound === 'number' ? bound : bound.times;
}
