import { expect, test } from 'vitest';
import { answersAtLeast, answersAtMost, during, evidence, mechanism } from './claim-builders.ts';

test.each([
  ['p99Ms', 'ms'],
  ['goodPerSecond', '1/s'],
  ['goodputRatio', 'ratio'],
] as const)('a claim about %s during the trigger is in %s', (measure, unit) => {
  expect(during('page', measure, '<=', 5, 'it is small')).toEqual({
    text: 'it is small',
    metric: `during.${measure}`,
    route: 'page',
    comparison: '<=',
    bound: 5,
    unit,
  });
});

test('a claim about the mechanism is a count unless it says otherwise, and about no route', () => {
  const bound = { times: 2, of: 'mechanism.usual' } as const;
  expect(mechanism('waiters', '>=', bound, 'they wait')).toEqual({
    text: 'they wait',
    metric: 'mechanism.waiters',
    comparison: '>=',
    bound,
    unit: 'count',
  });
  expect(mechanism('spread', '<=', 1, 'they share', 'ratio').unit).toBe('ratio');
});

test('evidence is the same claim with a mark', () => {
  const claim = mechanism('waiters', '>=', 1, 'they wait');
  expect(evidence(claim)).toEqual({ ...claim, evidence: true });
  expect(claim).not.toHaveProperty('evidence');
});

test('broken and well are said in the same words', () => {
  const broken = answersAtMost('page', 0.1, 'the cheap route');
  const well = answersAtLeast('page', 0.99, 'the cheap route');
  expect([broken.text, broken.comparison, broken.bound]).toEqual([
    'the cheap route answers at most 10 % of its requests in time',
    '<=',
    0.1,
  ]);
  expect([well.text, well.comparison, well.bound]).toEqual([
    'the cheap route answers at least 99 % of its requests in time',
    '>=',
    0.99,
  ]);
});
