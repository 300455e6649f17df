import { describe, expect, it } from 'vitest';
import { hash } from './hash.ts';

/** RFC 7914, section 11: PBKDF2-HMAC-SHA-256 (P="Password", S="NaCl", c=80000, dkLen=64), the first block. */
const RFC_7914_DIGEST = '4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56';

describe('hash', () => {
  it.each(['event-loop', 'thread-pool'] as const)('in mode %s gives the digest of RFC 7914', async (mode) => {
    expect(await hash.run({ iterations: 80_000, mode })).toBe(RFC_7914_DIGEST);
  });

  it('is done when it returns in mode event-loop, and leaves the thread free in mode thread-pool', async () => {
    const order: string[] = [];
    const note = (mode: 'event-loop' | 'thread-pool'): Promise<void> => {
      const digest = hash.run({ iterations: 20_000, mode });
      return Promise.resolve(digest).then(() => void order.push(mode));
    };
    const turn = new Promise((resolve) => setImmediate(resolve)).then(() => order.push('next turn'));
    await Promise.all([note('thread-pool'), note('event-loop'), turn]);
    expect(order).toEqual(['event-loop', 'next turn', 'thread-pool']);
  });
});
