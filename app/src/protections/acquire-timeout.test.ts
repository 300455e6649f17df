import { describe, expect, it } from 'vitest';
import { createCall, createLayer, failureOf, hang } from '../../test/support/layers.ts';
import type { Layer, Lease } from './protection.ts';
import { acquireTimeout } from './acquire-timeout.ts';

const lease: Lease = { query: () => Promise.resolve([]), setSession: () => {}, release: () => {} };

function acquireOf({ acquire }: Layer): NonNullable<Layer['acquire']> {
  if (acquire === undefined) throw new Error('it does not acquire');
  return acquire;
}

describe('acquire-timeout', () => {
  it('hands on a connection that is free, and leaves no timer', async () => {
    const { layer, clock } = createLayer(acquireTimeout);
    await expect(acquireOf(layer)(() => Promise.resolve(lease), createCall())).resolves.toBe(lease);
    expect(clock.timers).toBe(0);
  });

  it('gives up after timeoutMs, and takes the waiter out of the queue by its signal', async () => {
    const { layer, clock, events } = createLayer(acquireTimeout, { timeoutMs: 250 });
    const seen: AbortSignal[] = [];
    const failure = failureOf(
      acquireOf(layer)((call) => {
        seen.push(call.signal);
        return hang(call);
      }, createCall()),
    );
    await clock.advance(249);
    expect(events).toEqual([]);
    await clock.advance(1);
    expect(await failure).toMatchObject({ code: 'DATABASE_ACQUIRE_TIMEOUT', retryAfterSeconds: 1 });
    expect(seen[0]?.aborted).toBe(true);
    expect(events).toEqual(['timed-out']);
  });

  it('turns away who would be one waiter too many, until one has left', async () => {
    const { layer, clock, events } = createLayer(acquireTimeout, { timeoutMs: 250, maxWaiters: 1 });
    const acquire = acquireOf(layer);
    const first = failureOf(acquire(hang, createCall()));
    expect(await failureOf(acquire(hang, createCall()))).toMatchObject({ code: 'DATABASE_QUEUE_FULL' });
    await clock.advance(250);
    await first;
    await expect(acquire(() => Promise.resolve(lease), createCall())).resolves.toBe(lease);
    expect(events).toEqual(['rejected', 'timed-out']);
  });
});
