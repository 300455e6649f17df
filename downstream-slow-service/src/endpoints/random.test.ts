import { expect, test } from 'vitest';
import { createTestService } from '../../test/test-service.ts';
import type { TestService } from '../../test/test-service.ts';

const durations = async ({ app, clock }: TestService, count: number): Promise<readonly number[]> => {
  const answers = Array.from({ length: count }, () =>
    app.inject('/random').then((response) => response.json()),
  );
  await clock.advance(5000);
  return (await Promise.all(answers)).map(({ durationMs }) => durationMs);
};

test('waits between 0.1 and 3 seconds, spread over the whole range', async () => {
  const waitsMs = await durations(await createTestService(), 200);
  expect(Math.min(...waitsMs)).toBeGreaterThanOrEqual(100);
  expect(Math.min(...waitsMs)).toBeLessThan(400);
  expect(Math.max(...waitsMs)).toBeLessThanOrEqual(3000);
  expect(Math.max(...waitsMs)).toBeGreaterThan(2700);
});

test('the same seed gives the same waits, another one others', async () => {
  const first = await durations(await createTestService({ SEED: '5' }), 20);
  expect(await durations(await createTestService({ SEED: '5' }), 20)).toEqual(first);
  expect(await durations(await createTestService({ SEED: '6' }), 20)).not.toEqual(first);
});

test('a behaviour with a seed brings draws of its own, and a delay takes their place', async () => {
  const service = await createTestService();
  service.board.set({ seed: 9, ttlMs: 600_000 });
  const first = await durations(service, 20);
  service.board.set({ seed: 9, ttlMs: 600_000 });
  expect(await durations(service, 20)).toEqual(first);
  service.board.set({ delayMs: 40, ttlMs: 600_000 });
  expect(await durations(service, 2)).toEqual([40, 40]);
});
