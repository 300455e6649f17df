import { describe, expect, it } from 'vitest';
import { createCall, createLayer } from '../../test/support/layers.ts';
import { settle } from '../../test/support/manual-clock.ts';
import { bulkhead } from './bulkhead.ts';

/** Work that ends when the test says so. */
function createWork(): { run: () => Promise<void>; finish: () => void } {
  let finish = (): void => {};
  const done = new Promise<void>((resolve) => (finish = resolve));
  return { run: () => done, finish };
}

describe('bulkhead', () => {
  it('rejects a call of a route that has its share running, and leaves other routes alone', async () => {
    const { execute, events } = createLayer(bulkhead, { limit: 1 });
    const work = createWork();
    const running = execute(work.run, createCall({ route: '/a' }));
    await expect(execute(work.run, createCall({ route: '/a' }))).rejects.toMatchObject({
      code: 'BULKHEAD_FULL',
      retryAfterSeconds: 1,
    });
    await expect(execute(() => Promise.resolve('fine'), createCall({ route: '/b' }))).resolves.toBe('fine');
    work.finish();
    await running;
    expect(events).toEqual(['rejected']);
  });

  it('gives the place back when the work fails', async () => {
    const { execute } = createLayer(bulkhead, { limit: 1 });
    await expect(execute(() => Promise.reject(new Error('broken')), createCall())).rejects.toThrow('broken');
    await expect(execute(() => Promise.resolve('fine'), createCall())).resolves.toBe('fine');
  });

  it('lets queueLimit calls wait, in their order', async () => {
    const { execute, events } = createLayer(bulkhead, { limit: 1, queueLimit: 1 });
    const work = createWork();
    const order: string[] = [];
    const first = execute(work.run, createCall()).then(() => order.push('first'));
    const second = execute(() => Promise.resolve(), createCall()).then(() => order.push('second'));
    await settle();
    expect(order).toEqual([]);
    work.finish();
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
    expect(events).toEqual(['queued']);
  });

  it('lets a waiting call leave the queue when its caller gives up', async () => {
    const { execute } = createLayer(bulkhead, { limit: 1, queueLimit: 1 });
    const work = createWork();
    const first = execute(work.run, createCall());
    const controller = new AbortController();
    const second = execute(work.run, createCall({ signal: controller.signal }));
    controller.abort(new Error('caller left'));
    await expect(second).rejects.toThrow('caller left');
    work.finish();
    await first;
    await expect(execute(() => Promise.resolve('fine'), createCall())).resolves.toBe('fine');
  });
});
