import { describe, expect, it } from 'vitest';
import { createCall, createLayer } from '../../test/support/layers.ts';
import { databaseBulkhead } from './database-bulkhead.ts';

describe('database-bulkhead', () => {
  it('lets work of a route wait for its share, turns more of it away, and leaves other routes alone', async () => {
    const { execute, events } = createLayer(databaseBulkhead, { limit: 1, queueLimit: 1 });
    let finish = (): void => {};
    const running = execute(() => new Promise<void>((resolve) => (finish = resolve)), createCall());
    const waiting = execute(() => Promise.resolve('waited'), createCall());
    await expect(execute(() => Promise.resolve(), createCall())).rejects.toMatchObject({
      code: 'BULKHEAD_FULL',
      retryAfterSeconds: 1,
    });
    await expect(execute(() => Promise.resolve('fine'), createCall({ route: '/b' }))).resolves.toBe('fine');
    expect(events).toEqual(['queued', 'rejected']);
    finish();
    await running;
    await expect(waiting).resolves.toBe('waited');
  });
});
