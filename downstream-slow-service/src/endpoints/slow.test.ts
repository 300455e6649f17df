import { expect, test } from 'vitest';
import { createTestService } from '../../test/test-service.ts';

/** How long `/slow` takes, to the millisecond, by the clock of the test. */
const durationOf = async (url: string, behaviour?: Record<string, number>, env?: Record<string, string>) => {
  const { app, board, clock } = await createTestService(env);
  if (behaviour) board.set({ ttlMs: 600_000, ...behaviour });
  const answer = app.inject(url).then((response) => response.json());
  await clock.advance(400_000);
  return answer;
};

test('waits what the client asks for, fractions of a second included', async () => {
  expect(await durationOf('/slow?delay=0.25')).toMatchObject({ did: 'waited 250 ms', durationMs: 250 });
});

test('waits DEFAULT_DELAY when the client does not say', async () => {
  expect(await durationOf('/slow')).toMatchObject({ durationMs: 5000 });
  expect(await durationOf('/slow', {}, { DEFAULT_DELAY: '0.5' })).toMatchObject({ durationMs: 500 });
});

test('waits what a behaviour says before what the client asks for', async () => {
  expect(await durationOf('/slow?delay=9', { delayMs: 700 })).toMatchObject({ durationMs: 700 });
});

test('answers with its name, the replica and what was done', async () => {
  expect(await durationOf('/slow?delay=0')).toEqual({
    endpoint: 'slow',
    replica: 'replica-1',
    did: 'waited 0 ms',
    behaviourActive: false,
    queuedMs: 0,
    durationMs: 0,
  });
});

test.each(['-1', '301', 'soon', '', 'NaN', 'Infinity'])('refuses a delay of "%s"', async (delay) => {
  const { app } = await createTestService();
  const response = await app.inject(`/slow?delay=${delay}`);
  expect(response.statusCode).toBe(422);
  expect(response.json()).toMatchObject({
    code: 'bad-parameter',
    errors: [{ field: 'delay', legal: 'a number from 0 to 300 (seconds)' }],
  });
});

test('the largest delay is configuration', async () => {
  const { app } = await createTestService({ MAX_DELAY_SECONDS: '6' });
  const response = await app.inject('/slow?delay=7');
  expect(response.json().errors).toEqual([
    { field: 'delay', received: 7, legal: 'a number from 0 to 6 (seconds)' },
  ]);
});
