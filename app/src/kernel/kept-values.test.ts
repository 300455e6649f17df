import { expect, it } from 'vitest';
import { createKeeper } from './kept-values.ts';

it('weighs a key once, with its newest value, and counts it as new', () => {
  const keeper = createKeeper();
  keeper.put('a', 'old', 100);
  keeper.put('b', 'x', 10);
  keeper.put('a', 'new', 1);
  expect([keeper.totalBytes, keeper.entries]).toEqual([11, 2]);
  expect(keeper.dropOldest()).toBe(true);
  expect([keeper.totalBytes, keeper.entries]).toEqual([1, 1]);
});

it('says what it forgot, and forgets it once', () => {
  const keeper = createKeeper();
  keeper.put('a', 'x', 7);
  expect([keeper.clear(), keeper.clear(), keeper.totalBytes, keeper.entries]).toEqual([7, 0, 0, 0]);
  expect(keeper.dropOldest()).toBe(false);
});
