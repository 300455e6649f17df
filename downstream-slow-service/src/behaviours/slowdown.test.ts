import { expect, test } from 'vitest';
import { behaviourPorts } from '../../test/behaviour-ports.ts';
import { createTestService } from '../../test/test-service.ts';
import { slowdown } from './slowdown.ts';

/** How long `/slow?delay=1` says that it waited. */
const waitedMs = async (settings: Readonly<Record<string, unknown>>): Promise<number> => {
  const { app, board, clock } = await createTestService();
  board.set({ ...settings, ttlMs: 600_000, seed: 7 });
  const answer = app.inject('/slow?delay=1');
  await clock.advance(300_000);
  return Number(/^waited (.*) ms$/.exec((await answer).json().did)?.[1]);
};

test('without anything else set, the wait that was asked for takes that many times as long', async () => {
  expect(await waitedMs({ slowdownFactor: 5 })).toBe(5000);
  expect(await waitedMs({ slowdownFactor: 0.1 })).toBe(100);
});

test('a set delay is multiplied, a drawn one too', async () => {
  expect(await waitedMs({ slowdownFactor: 5, delayMs: 20 })).toBe(100);
  const exponential = { delayMs: 20, delayDistribution: 'exponential' };
  const drawnMs = await waitedMs(exponential);
  expect(drawnMs).not.toBe(20);
  expect(await waitedMs({ ...exponential, slowdownFactor: 5 })).toBeCloseTo(5 * drawnMs, 1);
});

test('no wait grows beyond the largest delay, and one that was longer stays as it was', () => {
  const ports = behaviourPorts({ limits: { maxDelaySeconds: 10 } });
  const effect = slowdown.start({ slowdownFactor: 1000 }, ports);
  expect([1, 9000, 60_000].map((askedMs) => effect?.delayMs?.(askedMs))).toEqual([1000, 10_000, 60_000]);
});

test('without a factor there is no effect', () => {
  expect(slowdown.start({}, behaviourPorts())).toBeUndefined();
});
