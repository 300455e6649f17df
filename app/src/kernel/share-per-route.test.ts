import { expect, it } from 'vitest';
import { createCall } from '../../test/support/layers.ts';
import { createSharePerRoute } from './share-per-route.ts';

it('rejects what is beyond slots and queue of its own route, and nothing of another route', async () => {
  const events: string[] = [];
  const execute = createSharePerRoute({
    limit: 1,
    queueLimit: 1,
    what: 'calls',
    emit: (event) => events.push(event),
  });
  let finish = (): void => {};
  const running = execute(
    () => new Promise<void>((resolve) => (finish = resolve)),
    createCall({ route: '/a' }),
  );
  const waiting = execute(() => Promise.resolve('waited'), createCall({ route: '/a' }));
  await expect(execute(() => Promise.resolve(), createCall({ route: '/a' }))).rejects.toMatchObject({
    code: 'BULKHEAD_FULL',
    message: '1 calls of /a are running and 1 are waiting',
    retryAfterSeconds: 1,
  });
  await expect(execute(() => Promise.resolve('fine'), createCall({ route: '/b' }))).resolves.toBe('fine');
  expect(events).toEqual(['queued', 'rejected']);
  finish();
  await running;
  await expect(waiting).resolves.toBe('waited');
});
