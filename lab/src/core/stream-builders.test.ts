import { expect, test } from 'vitest';
import { inTrigger, steady } from './stream-builders.ts';

test('a steady stream asks evenly, so many times a second, from the first second', () => {
  expect(steady('page', 80)).toEqual({
    executor: 'constant-arrival-rate',
    route: 'page',
    rate: 80,
    timeUnitSeconds: 1,
    startTimeSeconds: 0,
    arrival: 'even',
  });
});

test('a stream of the trigger runs with it alone, evenly or not', () => {
  expect(inTrigger('page', 80)).toEqual({ ...steady('page', 80), when: 'trigger' });
  expect(inTrigger('page', 80, 'poisson').arrival).toBe('poisson');
});
