import { describe, expect, it } from 'vitest';
import { Problem, type ErrorCode } from '../../src/errors.ts';
import type { Lease, Protection, SessionParameter } from '../../src/protections/protection.ts';
import { createCall, createLayer, failureOf } from './layers.ts';

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

/** What every protection does that has the database limit a time: `code` is how it ends, `event` what it emits then. */
export function describeSessionLimit(
  protection: Protection,
  { parameter, code, event }: { parameter: SessionParameter; code: ErrorCode; event: string },
): void {
  describe('a time limit that the database keeps', () => {
    it('sets the limit on the connection that was taken, and gives it back as it is', async () => {
      const { layer, events } = createLayer(protection, { timeoutMs: 300 });
      const { lease, set } = createLease();
      const taken = await layer.acquire?.(() => Promise.resolve(lease), createCall());
      await expect(taken?.query({ text: 'SELECT 1' })).resolves.toEqual([]);
      taken?.release();
      expect(set).toEqual([`${parameter} 300`, 'released']);
      expect(events).toEqual([]);
    });

    it('counts a statement that ran into the limit, and no other failure', async () => {
      for (const [failedWith, expected] of [
        [code, [event]],
        ['DATABASE_UNAVAILABLE', []],
      ] as const) {
        const { layer, events } = createLayer(protection);
        const error = new Problem(failedWith, 'ended');
        const taken = await layer.acquire?.(() => Promise.resolve(createLease(error).lease), createCall());
        expect(await failureOf(taken?.query({ text: 'SELECT 1' }) ?? Promise.resolve())).toBe(error);
        expect(events).toEqual(expected);
      }
    });
  });
}
