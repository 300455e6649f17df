import { expect, test } from 'vitest';
import { delay } from './delay.ts';

test('the set delay takes the place of the one that was asked for, zero included', () => {
  expect(delay.start({ delayMs: 250 }, () => 0)?.delayMs?.(5000)).toBe(250);
  expect(delay.start({ delayMs: 0 }, () => 0)?.delayMs?.(5000)).toBe(0);
});

test('without a delay there is no effect', () => {
  expect(delay.start({}, () => 0)).toBeUndefined();
});

test('the largest delay is configuration', () => {
  expect(delay.settings({ maxDelaySeconds: 2 }).delayMs).toMatchObject({ maximum: 2000 });
});
