import { expect, test } from 'vitest';
import { toRunConfiguration } from './options.ts';
import { mostVus, plannedVus } from './vu-pool.ts';

function scenariosOf(scenarios: Readonly<Record<string, unknown>>) {
  return toRunConfiguration({ scenarios }, []).scenarios;
}

test('scenarios that overlap need the sum of their VUs', () => {
  const scenarios = scenariosOf({
    a: { executor: 'constant-vus', vus: 3, duration: '10s', gracefulStop: '0s' },
    b: { executor: 'constant-vus', vus: 4, duration: '10s', startTime: '5s' },
  });
  expect(plannedVus(scenarios)).toBe(7);
});

test('scenarios after one another share their VUs', () => {
  const scenarios = scenariosOf({
    a: { executor: 'constant-vus', vus: 3, duration: '10s', gracefulStop: '0s' },
    b: { executor: 'constant-vus', vus: 4, duration: '10s', startTime: '10s' },
  });
  expect(plannedVus(scenarios)).toBe(4);
});

test('the grace period counts as a time in which VUs are needed', () => {
  const scenarios = scenariosOf({
    a: { executor: 'constant-vus', vus: 3, duration: '10s', gracefulStop: '1s' },
    b: { executor: 'constant-vus', vus: 4, duration: '10s', startTime: '10s' },
  });
  expect(plannedVus(scenarios)).toBe(7);
});

test('arrival rates may come to more VUs than are planned', () => {
  const scenarios = scenariosOf({
    a: { executor: 'constant-arrival-rate', rate: 1, duration: '1s', preAllocatedVUs: 2, maxVUs: 9 },
  });
  expect([plannedVus(scenarios), mostVus(scenarios)]).toEqual([2, 9]);
});
