import { describe, expect, it } from 'vitest';
import { createCall, createLayer, failureOf, hang } from '../../test/support/layers.ts';
import { settle } from '../../test/support/manual-clock.ts';
import { concurrencyLimit } from './concurrency-limit.ts';

/** Work that ends when the test says so. */
function createWork(): { run: () => Promise<string>; finish: () => void } {
  let finish = (): void => {};
  const done = new Promise<string>((resolve) => (finish = () => resolve('done')));
  return { run: () => done, finish };
}

const fine = (): Promise<string> => Promise.resolve('fine');

describe('concurrency-limit', () => {
  it('rejects a request at once when places and queue are full', async () => {
    const { execute, events, clock } = createLayer(concurrencyLimit, { limit: 1, queueLimit: 1 });
    const work = createWork();
    const running = execute(work.run, createCall());
    const waiting = execute(fine, createCall());
    expect(await failureOf(execute(fine, createCall()))).toMatchObject({
      code: 'CONCURRENCY_LIMITED',
      retryAfterSeconds: 1,
    });
    work.finish();
    expect(await Promise.all([running, waiting])).toEqual(['done', 'fine']);
    expect(events).toEqual(['queued', 'rejected']);
    expect(clock.timers).toBe(0);
  });

  it('limits all routes together', async () => {
    const { execute } = createLayer(concurrencyLimit, { limit: 1, queueLimit: 0 });
    const work = createWork();
    const running = execute(work.run, createCall({ route: '/a' }));
    expect(await failureOf(execute(fine, createCall({ route: '/b' })))).toMatchObject({
      code: 'CONCURRENCY_LIMITED',
    });
    work.finish();
    await running;
  });

  it('serves those that wait in their order', async () => {
    const { execute } = createLayer(concurrencyLimit, { limit: 1, queueLimit: 2 });
    const [first, second] = [createWork(), createWork()];
    const order: string[] = [];
    const all = [
      execute(first.run, createCall()),
      execute(() => (order.push('second'), second.run()), createCall()),
      execute(() => (order.push('third'), fine()), createCall()),
    ];
    first.finish();
    await settle();
    expect(order).toEqual(['second']);
    second.finish();
    await Promise.all(all);
    expect(order).toEqual(['second', 'third']);
  });

  it('rejects a request that has waited for maxWaitMs, and does not keep its place', async () => {
    const { execute, events, clock } = createLayer(concurrencyLimit, {
      limit: 1,
      queueLimit: 1,
      maxWaitMs: 200,
    });
    const work = createWork();
    const running = execute(work.run, createCall());
    const outcome = failureOf(execute(fine, createCall()));
    await clock.advance(199);
    expect(events).toEqual(['queued']);
    await clock.advance(1);
    expect(await outcome).toMatchObject({ code: 'CONCURRENCY_LIMITED' });
    const next = execute(fine, createCall());
    work.finish();
    expect(await Promise.all([running, next])).toEqual(['done', 'fine']);
    expect(events).toEqual(['queued', 'rejected', 'queued']);
    expect(clock.timers).toBe(0);
  });

  it('limits the wait only, not the work', async () => {
    const { execute, clock } = createLayer(concurrencyLimit, { limit: 1, maxWaitMs: 10 });
    const [first, second] = [createWork(), createWork()];
    const all = [execute(first.run, createCall()), execute(second.run, createCall())];
    first.finish();
    await clock.advance(1000);
    second.finish();
    expect(await Promise.all(all)).toEqual(['done', 'done']);
  });

  it('gives the place back when work fails, and lets a caller that gives up leave the queue', async () => {
    const { execute, clock } = createLayer(concurrencyLimit, { limit: 1, queueLimit: 1 });
    const [running, waiting] = [new AbortController(), new AbortController()];
    const first = failureOf(execute(hang, createCall({ signal: running.signal })));
    const second = failureOf(execute(fine, createCall({ signal: waiting.signal })));
    waiting.abort(new Error('left the queue'));
    expect(await second).toEqual(new Error('left the queue'));
    running.abort(new Error('left'));
    expect(await first).toEqual(new Error('left'));
    await expect(execute(fine, createCall())).resolves.toBe('fine');
    expect(clock.timers).toBe(0);
  });
});
