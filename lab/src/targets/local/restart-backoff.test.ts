import { expect, it } from 'vitest';
import { createRestartBackoff } from './restart-backoff.ts';

const minutes = 60_000;

it('does not wait the first time, then 10 s, twice as long each time, and never more than 300 s', () => {
  const backoff = createRestartBackoff(1);
  const waits = Array.from({ length: 8 }, () => backoff.next(1000) / 1000);
  expect(waits).toEqual([0, 10, 20, 40, 80, 160, 300, 300]);
});

it('begins again after more than ten minutes without an end', () => {
  const backoff = createRestartBackoff(1);
  const waits = [0, 0, 10 * minutes, 10 * minutes + 1, 0].map((ranForMs) => backoff.next(ranForMs) / 1000);
  expect(waits).toEqual([0, 10, 20, 0, 10]);
});

it('scales all of its times', () => {
  const backoff = createRestartBackoff(0.01);
  const waits = [0, 0, 6000, 6001].map((ranForMs) => backoff.next(ranForMs));
  expect(waits).toEqual([0, 100, 200, 0]);
});
