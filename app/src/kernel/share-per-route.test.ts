import { expect, it } from 'vitest';
import { createCall } from '../../test/support/layers.ts';
import { createSharePerRoute } from './share-per-route.ts';

it('rejects what is beyond slots and queue of its own route, and nothing of another route', async () => {
  const queued: string[] = [];
  const execute = createSharePerRoute({
    limit: 1,
    queueLimit: 1,
    onQueued: () => queued.push('queued'),
    onFull: ({ route }) => new Error(`${route} is full`),
  });
  let finish = (): void => {};
  const running = execute(
    () => new Promise<void>((resolve) => (finish = resolve)),
    createCall({ route: '/a' }),
  );
  const waiting = execute(() => Promise.resolve('waited'), createCall({ route: '/a' }));
  await expect(execute(() => Promise.resolve(), createCall({ route: '/a' }))).rejects.toThrow('/a is full');
  await expect(execute(() => Promise.resolve('fine'), createCall({ route: '/b' }))).resolves.toBe('fine');
  expect(queued).toEqual(['queued']);
  finish();
  await running;
  await expect(waiting).resolves.toBe('waited');
});
