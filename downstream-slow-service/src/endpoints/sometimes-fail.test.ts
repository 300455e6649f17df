import { expect, test } from 'vitest';
import { createTestService } from '../../test/test-service.ts';
import type { TestService } from '../../test/test-service.ts';

const statuses = async ({ app }: TestService, query = '', count = 300): Promise<readonly number[]> => {
  const seen: number[] = [];
  for (let index = 0; index < count; index += 1)
    seen.push((await app.inject(`/sometimes-fail${query}`)).statusCode);
  return seen;
};

const failedRatio = (seen: readonly number[]) => seen.filter((status) => status === 500).length / seen.length;

test('fails for 30 % of the requests when nothing else is said, and answers the others at once', async () => {
  const seen = await statuses(await createTestService());
  expect(failedRatio(seen)).toBeGreaterThan(0.2);
  expect(failedRatio(seen)).toBeLessThan(0.4);
  expect(seen.every((status) => status === 200 || status === 500)).toBe(true);
});

test('never fails at 0 and always at 1', async () => {
  const service = await createTestService();
  expect(failedRatio(await statuses(service, '?failure_rate=0', 50))).toBe(0);
  expect(failedRatio(await statuses(service, '?failure_rate=1', 50))).toBe(1);
});

test('the same seed fails the same requests', async () => {
  const first = await statuses(await createTestService({ SEED: '5' }));
  expect(await statuses(await createTestService({ SEED: '5' }))).toEqual(first);
});

test('the failure ratio of a behaviour wins over the parameter, in both directions', async () => {
  const service = await createTestService();
  service.board.set({ failureRatio: 0, ttlMs: 1000 });
  expect(failedRatio(await statuses(service, '?failure_rate=1', 20))).toBe(0);
  service.board.set({ failureRatio: 1, ttlMs: 1000 });
  expect(failedRatio(await statuses(service, '?failure_rate=0', 20))).toBe(1);
});

test('a failure is a problem that says it was made on purpose', async () => {
  const { app } = await createTestService();
  const response = await app.inject('/sometimes-fail?failure_rate=1');
  expect(response.headers['content-type']).toBe('application/problem+json');
  expect(response.json()).toMatchObject({ code: 'drawn-failure', status: 500, instance: '/sometimes-fail' });
});

test.each(['-0.1', '1.1', 'often'])('refuses a failure rate of %s', async (rate) => {
  const { app } = await createTestService();
  const response = await app.inject(`/sometimes-fail?failure_rate=${rate}`);
  expect(response.statusCode).toBe(422);
  expect(response.json().errors).toMatchObject([
    { field: 'failure_rate', legal: 'a number from 0 to 1 (ratio)' },
  ]);
});
