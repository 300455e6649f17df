import { describe, expect, it } from 'vitest';
import { Problem } from '../errors.ts';
import { createCall, createLayer, failureOf } from '../../test/support/layers.ts';
import type { Lease } from './protection.ts';
import { statementTimeout } from './statement-timeout.ts';

/** A connection that notes what is set, and whose statements fail with `error` when there is one. */
function createLease(error?: Error): { readonly lease: Lease; readonly set: string[] } {
  const set: string[] = [];
  const lease: Lease = {
    async query() {
      if (error !== undefined) throw error;
      return [];
    },
    setSession: (parameter, value) => set.push(`${parameter} ${value}`),
    release: () => set.push('released'),
  };
  return { lease, set };
}

describe('statement-timeout', () => {
  it('sets the limit on the connection that was taken, and gives it back as it is', async () => {
    const { layer, events } = createLayer(statementTimeout, { timeoutMs: 300 });
    const { lease, set } = createLease();
    const taken = await layer.acquire?.(() => Promise.resolve(lease), createCall());
    await expect(taken?.query({ text: 'SELECT 1' })).resolves.toEqual([]);
    taken?.release();
    expect(set).toEqual(['statement_timeout 300', 'released']);
    expect(events).toEqual([]);
  });

  it('counts a statement that ran into the limit, and no other failure', async () => {
    for (const [code, expected] of [
      ['STATEMENT_TIMEOUT', ['timed-out']],
      ['DATABASE_UNAVAILABLE', []],
    ] as const) {
      const { layer, events } = createLayer(statementTimeout);
      const error = new Problem(code, 'ended');
      const taken = await layer.acquire?.(() => Promise.resolve(createLease(error).lease), createCall());
      expect(await failureOf(taken?.query({ text: 'SELECT 1' }) ?? Promise.resolve())).toBe(error);
      expect(events).toEqual(expected);
    }
  });
});
