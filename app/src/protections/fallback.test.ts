import { describe, expect, it } from 'vitest';
import { createCall, createLayer, failureOf } from '../../test/support/layers.ts';
import { Problem, type ErrorCode } from '../errors.ts';
import type { RequestView } from '../kernel/call.ts';
import { fallback } from './fallback.ts';

function createRequest(): { readonly request: RequestView; readonly degradedBy: string[] } {
  const degradedBy: string[] = [];
  const request: RequestView = {
    longestTextLength: 0,
    connectionAgeMs: 0,
    connectionRequests: 1,
    closeConnection: () => {},
    markDegraded: (protection) => degradedBy.push(protection),
  };
  return { request, degradedBy };
}

const failWith =
  (code: ErrorCode): (() => Promise<void>) =>
  () =>
    Promise.reject(new Problem(code, 'broken'));

describe('fallback', () => {
  it.each([
    'DOWNSTREAM_ERROR',
    'DOWNSTREAM_TIMEOUT',
    'CIRCUIT_OPEN',
    'BULKHEAD_FULL',
    'RETRY_BUDGET_SPENT',
  ] as const)('answers in the place of a call that failed with %s, and marks the answer', async (code) => {
    const { execute, events } = createLayer(fallback);
    const { request, degradedBy } = createRequest();
    await expect(execute(failWith(code), createCall({ request }))).resolves.toBeUndefined();
    expect(degradedBy).toEqual(['fallback']);
    expect(events).toEqual(['answered']);
  });

  it('marks nothing when the call succeeds', async () => {
    const { execute, events } = createLayer(fallback);
    const { request, degradedBy } = createRequest();
    await expect(execute(() => Promise.resolve('fine'), createCall({ request }))).resolves.toBe('fine');
    expect([degradedBy, events]).toEqual([[], []]);
  });

  it.each(['INTERNAL', 'DEADLINE_EXCEEDED', 'INVALID_INPUT'] as const)(
    'leaves %s alone, which is not about the downstream',
    async (code) => {
      const { execute, events } = createLayer(fallback);
      const { request, degradedBy } = createRequest();
      expect(await failureOf(execute(failWith(code), createCall({ request })))).toMatchObject({ code });
      expect([degradedBy, events]).toEqual([[], []]);
    },
  );

  it('does not answer a caller that has given up', async () => {
    const { execute } = createLayer(fallback);
    const { request, degradedBy } = createRequest();
    const signal = AbortSignal.abort(new Error('gave up'));
    const result = execute(failWith('DOWNSTREAM_TIMEOUT'), createCall({ request, signal }));
    expect(await failureOf(result)).toMatchObject({ code: 'DOWNSTREAM_TIMEOUT' });
    expect(degradedBy).toEqual([]);
  });

  it('does not answer when no request is there to carry the mark', async () => {
    const { execute, events } = createLayer(fallback);
    expect(await failureOf(execute(failWith('CIRCUIT_OPEN'), createCall()))).toMatchObject({
      code: 'CIRCUIT_OPEN',
    });
    expect(events).toEqual([]);
  });
});
