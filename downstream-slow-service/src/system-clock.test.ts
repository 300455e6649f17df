import { expect, test } from 'vitest';
import { systemClock } from './system-clock.ts';

test('an aborted sleep rejects at once with the reason', async () => {
  const controller = new AbortController();
  const sleep = systemClock.sleep(60_000, controller.signal);
  controller.abort(new Error('left'));
  await expect(sleep).rejects.toThrow('left');
});

test('a sleep that begins after the abort does not begin', async () => {
  await expect(systemClock.sleep(60_000, AbortSignal.abort(new Error('left')))).rejects.toThrow('left');
});

test('a sleep lasts about as long as it was told', async () => {
  const startedMs = systemClock.monotonicMs();
  await systemClock.sleep(20, new AbortController().signal);
  const tookMs = systemClock.monotonicMs() - startedMs;
  expect(tookMs).toBeGreaterThanOrEqual(18);
});
