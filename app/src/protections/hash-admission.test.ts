import { describe, expect, it } from 'vitest';
import { createCall, createLayer, failureOf } from '../../test/support/layers.ts';
import { settle } from '../../test/support/manual-clock.ts';
import type { Call, Work } from '../kernel/call.ts';
import { hashAdmission } from './hash-admission.ts';

/** A hash that ends when the test says so. */
function createHash(): { run: () => Promise<string>; finish: () => void } {
  let finish = (): void => {};
  const done = new Promise<string>((resolve) => (finish = () => resolve('digest')));
  return { run: () => done, finish };
}

function create(settings: Record<string, unknown>) {
  const { layer, events } = createLayer(hashAdmission, settings);
  const compute = <T>(name: string, work: Work<T>, call: Call = createCall()): Promise<T> =>
    layer.compute?.({ name, input: {} }, work, call) ??
    Promise.reject(new Error('it has no ability compute'));
  return { compute, events };
}

const quick = (): Promise<string> => Promise.resolve('quick');

describe('hash-admission', () => {
  it('lets limit hashes run and queueLimit wait, in their order, and rejects the rest', async () => {
    const { compute, events } = create({ limit: 2, queueLimit: 1 });
    const [first, second] = [createHash(), createHash()];
    const order: string[] = [];
    const running = [first, second].map(({ run }) => compute('hash', run));
    const waiting = compute('hash', quick).then((digest) => order.push(digest));
    expect(await failureOf(compute('hash', quick))).toMatchObject({
      code: 'COMPUTATION_QUEUE_FULL',
      retryAfterSeconds: 1,
    });
    await settle();
    expect(order).toEqual([]);
    first.finish();
    await waiting;
    second.finish();
    expect(await Promise.all(running)).toEqual(['digest', 'digest']);
    expect(events).toEqual(['queued', 'rejected']);
  });

  it('leaves other computations alone', async () => {
    const { compute, events } = create({ limit: 1, queueLimit: 0 });
    const hash = createHash();
    const running = compute('hash', hash.run);
    expect(await compute('fibonacci', quick)).toBe('quick');
    hash.finish();
    await running;
    expect(events).toEqual([]);
  });

  it('gives the place back when a hash fails, and when a waiting caller gives up', async () => {
    const { compute } = create({ limit: 1, queueLimit: 1 });
    const hash = createHash();
    const running = compute('hash', () => hash.run().then(() => Promise.reject(new Error('broken'))));
    const controller = new AbortController();
    const waiting = failureOf(compute('hash', quick, createCall({ signal: controller.signal })));
    controller.abort(new Error('gave up'));
    expect(await waiting).toEqual(new Error('gave up'));
    hash.finish();
    expect(await failureOf(running)).toEqual(new Error('broken'));
    expect(await compute('hash', quick)).toBe('quick');
  });
});
