import { describe, expect, it } from 'vitest';
import { createContext } from '../../test/support/failure-context.ts';
import { createCall, failureOf } from '../../test/support/layers.ts';
import { Problem, type ErrorCode } from '../errors.ts';
import type { Downstream } from './failure.ts';
import { retryAmplification } from './retry-amplification.ts';

interface Recorded extends Downstream {
  readonly sent: { path: string; attempt: number | undefined }[];
}

/** Fails with `code` until the given attempt. */
function createService(code: ErrorCode, succeedsAt = Infinity): Recorded {
  const sent: Recorded['sent'] = [];
  return {
    sent,
    call(path, { attempt }) {
      sent.push({ path, attempt });
      return sent.length >= succeedsAt ? Promise.resolve() : Promise.reject(new Problem(code, 'broken'));
    },
  };
}

describe('retry-amplification', () => {
  it('calls the downstream service at the last hop, at once and with the number of each attempt', async () => {
    const downstream = createService('DOWNSTREAM_ERROR');
    const context = createContext({ downstream });
    const outcome = failureOf(retryAmplification.run({ attempts: 3, hops: 1 }, context));
    expect(await outcome).toMatchObject({ code: 'DOWNSTREAM_ERROR' });
    expect(downstream.sent).toEqual([1, 2, 3].map((attempt) => ({ path: '/slow', attempt })));
    expect(context.clock.timers).toBe(0);
  });

  it('calls the next hop at each other one', async () => {
    const nextHop = createService('DOWNSTREAM_ERROR', 2);
    expect(await retryAmplification.run({ attempts: 4, hops: 3 }, createContext({ nextHop }))).toEqual({
      hops: 3,
      attempts: 2,
    });
    expect(nextHop.sent).toEqual(
      [1, 2].map((attempt) => ({ path: '/api/retry-amplification?attempts=4&hops=2', attempt })),
    );
  });

  it.each(['CIRCUIT_OPEN', 'RETRY_BUDGET_SPENT', 'BULKHEAD_FULL'] as const)(
    'does not try again after %s, which forbids it',
    async (code) => {
      const downstream = createService(code);
      const outcome = failureOf(
        retryAmplification.run({ attempts: 5, hops: 1 }, createContext({ downstream })),
      );
      expect(await outcome).toMatchObject({ code });
      expect(downstream.sent.length).toBe(1);
    },
  );

  it('stops when its call is ended', async () => {
    const controller = new AbortController();
    const downstream = createService('DOWNSTREAM_ERROR');
    const context = createContext({ call: createCall({ signal: controller.signal }), downstream });
    controller.abort(new Error('gave up'));
    await failureOf(retryAmplification.run({ attempts: 5, hops: 1 }, context));
    expect(downstream.sent.length).toBe(1);
  });
});
