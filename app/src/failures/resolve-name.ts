import { lookup } from 'node:dns/promises';
import { Type } from 'typebox';
import { orAborted } from '../kernel/clock.ts';
import { defineFailure } from './failure.ts';

/** Fixed: with a name from the request this would be an open resolver. It is in the hosts file, so no network is asked. */
const NAME = 'localhost';

/**
 * `dns.lookup`, which every HTTP client uses for its connections, is asynchronous for its caller only: getaddrinfo holds
 * a thread of libuv's pool meanwhile, where it waits behind hashes and files. Look-ups get half of the threads at most
 * (two of four), so a slow name server makes names wait, and not files. A look-up in that queue cannot be ended, the
 * request can.
 * Sources: Node.js documentation, "DNS", section "Implementation considerations"; libuv, threadpool.c,
 * `slow_work_thread_threshold`.
 */
export const resolveName = defineFailure({
  name: 'resolve-name',
  method: 'GET',
  path: '/api/resolve-name',
  summary: 'Looks up localhost by getaddrinfo, on the pool that hashing, compression and files need as well.',
  parameters: Type.Object({}),
  answer: Type.Object({
    address: Type.String(),
    family: Type.Integer({ description: '4 or 6' }),
  }),
  run: (_parameters, { call }) => orAborted(call.signal, () => lookup(NAME)),
});
