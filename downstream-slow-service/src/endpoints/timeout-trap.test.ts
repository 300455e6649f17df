import { expect, test } from 'vitest';
import { createTestService } from '../../test/test-service.ts';

test('answers after exactly 60 seconds', async () => {
  const { app, clock } = await createTestService();
  let isAnswered = false;
  const answer = app.inject('/timeout-trap').then((response) => {
    isAnswered = true;
    return response;
  });
  await clock.advance(59_999);
  expect(isAnswered).toBe(false);
  await clock.advance(1);
  expect((await answer).json()).toMatchObject({ did: 'waited 60000 ms', durationMs: 60_000 });
});

test('takes no parameters', async () => {
  const { app } = await createTestService();
  const response = await app.inject('/timeout-trap?delay=1');
  expect(response.json().errors).toEqual([{ field: 'delay', received: '1', legal: 'no parameters at all' }]);
});
