import { Type } from 'typebox';
import { hash as hashing } from '../computations/hash.ts';
import { defineFailure } from './failure.ts';

/**
 * Hashing a password costs CPU by design. On the event loop it stops everything else; on libuv's pool (four threads
 * unless UV_THREADPOOL_SIZE says otherwise) the loop stays well, and files and name look-ups wait in the same queue.
 * Sources: Node.js documentation, "Don't Block the Event Loop (or the Worker Pool)"; libuv documentation, "Thread pool".
 */
export const hash = defineFailure({
  name: 'hash',
  method: 'GET',
  path: '/api/hash',
  summary: 'Hashes a fixed password with PBKDF2, on the event loop or on the pool that files and DNS need.',
  blocksEventLoop: true,
  parameters: Type.Object({
    iterations: Type.Integer({
      minimum: 1,
      maximum: 10_000_000,
      default: 10_000,
      description: 'iterations of PBKDF2; a million takes some tenths of a second',
    }),
    mode: Type.Union([Type.Literal('event-loop'), Type.Literal('thread-pool')], {
      default: 'event-loop',
      description: 'which thread computes; the digest is the same',
    }),
  }),
  answer: Type.Object({
    iterations: Type.Integer(),
    mode: Type.String(),
    digest: Type.String({ description: 'PBKDF2-HMAC-SHA-256 in hexadecimal digits' }),
  }),
  async run({ iterations, mode }, { call, compute }) {
    return { iterations, mode, digest: await compute(hashing, { iterations, mode }, call) };
  },
});
