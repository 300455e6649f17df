import { expect, test } from 'vitest';
import { createTestService } from '../test/test-service.ts';

const TOKEN = '0123456789abcdef';

const put = (payload: unknown) => ({
  method: 'PUT' as const,
  url: '/behaviour',
  headers: { 'content-type': 'application/json' },
  payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
});

test('a behaviour can be set, read with the time that is left, and removed', async () => {
  const { control, clock } = await createTestService();
  expect((await control.inject('/behaviour')).json()).toMatchObject({
    active: false,
    behaviour: null,
    seed: 1,
  });
  const answer = await control.inject(put({ delayMs: 200, seed: 7, ttlMs: 5000 }));
  expect(answer.statusCode).toBe(200);
  await clock.advance(2000);
  expect((await control.inject('/behaviour')).json()).toEqual({
    active: true,
    behaviour: { delayMs: 200, seed: 7, ttlMs: 5000 },
    remainingMs: 3000,
    seed: 7,
    slotsInUse: 0,
    slotsWaiting: 0,
  });
  expect((await control.inject({ method: 'DELETE', url: '/behaviour' })).json()).toMatchObject({
    active: false,
  });
  expect((await control.inject('/behaviour')).json()).toMatchObject({ active: false, remainingMs: null });
});

test('reset goes back to normal', async () => {
  const { control, board } = await createTestService();
  board.set({ delayMs: 200, ttlMs: 5000 });
  expect((await control.inject({ method: 'POST', url: '/reset' })).json()).toMatchObject({ active: false });
  expect(board.current().isSet).toBe(false);
});

test('every bad setting is named at once, and nothing is set', async () => {
  const { control, board } = await createTestService();
  const response = await control.inject(put({ delayMs: -5, slots: '3', failureRatio: null, delay: 1 }));
  expect(response.statusCode).toBe(422);
  expect(response.json().code).toBe('bad-setting');
  expect(response.json().errors).toEqual([
    { field: 'ttlMs', received: null, legal: 'a whole number from 1 to 600000 (milliseconds), always given' },
    {
      field: 'delay',
      received: 1,
      legal: expect.stringMatching(/^no such name; there are: delayMs, delayDistribution, .*, ttlMs, seed$/),
    },
    { field: 'delayMs', received: -5, legal: 'a number from 0 to 300000 (milliseconds)' },
    { field: 'failureRatio', received: null, legal: 'a number from 0 to 1 (ratio)' },
    { field: 'slots', received: '3', legal: 'a whole number from 1 to 10000 (requests)' },
  ]);
  expect(board.state().active).toBe(false);
});

test.each([
  ['delayDistribution', 'normal', 'one of constant, exponential, uniform'],
  ['failureKind', 'timeout', 'one of error, reset, hang, truncated'],
  ['queueDiscipline', 'random', 'one of fifo, lifo, codel'],
  ['codelTargetMs', 0, 'a number from 0.1 to 60000 (milliseconds)'],
  ['codelIntervalMs', 0, 'a number from 1 to 600000 (milliseconds)'],
  ['dropCancelled', 'no', 'true or false'],
  ['stopCancelled', 1, 'true or false'],
  ['slowdownFactor', 0, 'a number from 0.1 to 1000 (times)'],
  ['slowdownFactor', 1001, 'a number from 0.1 to 1000 (times)'],
])('%s cannot be %s', async (field, received, legal) => {
  const { control } = await createTestService();
  const response = await control.inject(put({ [field]: received, ttlMs: 1000 }));
  expect(response.statusCode).toBe(422);
  expect(response.json().errors).toEqual([{ field, received, legal }]);
});

test('the longest time to live is configuration', async () => {
  const { control } = await createTestService({ MAX_TTL_MS: '1000' });
  const response = await control.inject(put({ delayMs: 1, ttlMs: 1001 }));
  expect(response.json().errors).toMatchObject([{ field: 'ttlMs', received: 1001 }]);
});

test('every setting that means nothing without another one is named at once', async () => {
  const { control, board } = await createTestService();
  const lonely = { queueLimit: 5, failureKind: 'reset', delayDistribution: 'uniform' };
  const response = await control.inject(put({ ...lonely, ttlMs: 1000 }));
  expect(response.statusCode).toBe(422);
  expect(response.json().errors).toEqual([
    { field: 'delayDistribution', received: 'uniform', legal: 'only together with delayMs' },
    { field: 'failureKind', received: 'reset', legal: 'only together with failureRatio' },
    { field: 'queueLimit', received: 5, legal: 'only together with slots' },
  ]);
  expect(board.state().active).toBe(false);
});

test.each([
  ['{', 400, 'malformed-request'],
  ['', 400, 'malformed-request'],
  ['[]', 422, 'bad-setting'],
  ['null', 422, 'bad-setting'],
  [`{"ttlMs":1000,"__proto__":{"delayMs":1}}`, 400, 'malformed-request'],
  [JSON.stringify({ ttlMs: 1000, padding: 'x'.repeat(20_000) }), 413, 'body-too-large'],
])('the body %.40s answers %i', async (body, status, code) => {
  const { control } = await createTestService();
  const response = await control.inject(put(body));
  expect(response.json()).toMatchObject({ status, code });
  expect(response.statusCode).toBe(status);
});

test('a body that does not say it is JSON is refused', async () => {
  const { control } = await createTestService();
  const request = { ...put({ ttlMs: 1000 }), headers: { 'content-type': 'text/csv' } };
  expect((await control.inject(request)).json()).toMatchObject({ status: 415, code: 'not-json' });
});

test('with a token set, every request must bear it', async () => {
  const { control } = await createTestService({ CONTROL_TOKEN: TOKEN });
  for (const authorization of [undefined, TOKEN, `Bearer ${TOKEN}x`, 'Bearer ']) {
    const headers = authorization === undefined ? {} : { authorization };
    const response = await control.inject({ url: '/behaviour', headers });
    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer');
  }
  const headers = { authorization: `Bearer ${TOKEN}` };
  expect((await control.inject({ url: '/behaviour', headers })).statusCode).toBe(200);
});

test('work endpoints are not on the control port, nor the other way round', async () => {
  const { app, control } = await createTestService();
  expect((await control.inject('/slow')).statusCode).toBe(404);
  expect((await app.inject('/behaviour')).statusCode).toBe(404);
});
