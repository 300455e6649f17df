import { expect, test } from 'vitest';
import { scenario } from '../scenarios/cascade-failure.ts';
import { judgeClaim, withNeededArms } from './claims.ts';
import type { Claim } from './scenario.ts';

const claim = (change: Partial<Claim>): Claim => ({
  text: 'a claim',
  metric: 'during.goodputRatio',
  route: 'tasks',
  comparison: '<=',
  bound: 0.1,
  unit: 'ratio',
  ...change,
});
const value = (number: number | null) => () => number;
const judge = (change: Partial<Claim>, own: number | null, other?: number) =>
  judgeClaim('failure', claim(change), scenario, value(own), () =>
    other === undefined ? undefined : value(other),
  );

test.each([
  ['<=', 0.1, true],
  ['<', 0.1, false],
  ['>=', 0.1, true],
  ['>', 0.1, false],
  ['<=', 0.2, false],
  ['>', 0.2, true],
] as const)('%s 0.1 with %f measured: %s', (comparison, measured, holds) => {
  expect(judge({ comparison }, measured).holds).toBe(holds);
});

test('what could not be measured never holds', () => {
  expect(judge({}, null)).toMatchObject({ holds: false, measured: null });
});

test('a relative bound is times × the metric + plus', () => {
  const bound = { times: 2, of: 'baseline.p99Ms', plus: 20 } as const;
  expect(judge({ bound, metric: 'during.p99Ms' }, 8)).toMatchObject({ bound: 36, measured: 8, holds: true });
});

test('a bound relative to another arm is unknown, and does not hold, when that arm proved nothing', () => {
  const bound = { times: 0.2, of: 'mechanism.downstreamAttempts', arm: 'unprotected' } as const;
  expect(judge({ bound }, 10, 100)).toMatchObject({ bound: 20, holds: true });
  expect(judge({ bound }, 10)).toMatchObject({ bound: null, holds: false });
});

test('the route is named as people know it', () => {
  expect(judge({}, 0).route).toBe('GET /api/tasks');
});

test('an arm that is compared with another one brings that one along, first', () => {
  expect(withNeededArms(scenario, ['protected'])).toEqual(['unprotected', 'protected']);
  expect(withNeededArms(scenario, ['timeout', 'larger-pool'])).toEqual(['larger-pool', 'timeout']);
});
