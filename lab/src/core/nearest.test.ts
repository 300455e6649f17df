import { expect, test } from 'vitest';
import { nearestNames, unknownName } from './nearest.ts';

const known = ['baseline', 'cascade-failure', 'cpu-stress'];

test('a typing error finds the name that was meant', () => {
  expect(nearestNames('cascade-failure', known)).toEqual(['cascade-failure']);
  expect(nearestNames('cascde-failur', known)).toEqual(['cascade-failure']);
  expect(nearestNames('base', known)).toEqual(['baseline']);
});

test('a name that is like none gets the list of all', () => {
  expect(unknownName('scenario', 'xyz', known)).toBe(
    'Unknown scenario "xyz". Known: baseline, cascade-failure, cpu-stress.',
  );
});
