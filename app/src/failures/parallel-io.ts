import { Type } from 'typebox';
import { summariseFailures } from '../errors.ts';
import { reasonOf } from '../kernel/clock.ts';
import { defineFailure } from './failure.ts';

/**
 * A fan-out: the answer is as slow as the slowest of its calls, and `count` sockets of the shared pool are taken at
 * once, so few such requests make every other route that calls the downstream wait for a socket.
 */
export const parallelIo = defineFailure({
  name: 'parallel-io',
  method: 'GET',
  path: '/api/parallel-io',
  summary: 'Makes count downstream calls at once through the shared socket pool and waits for all of them.',
  parameters: Type.Object({
    count: Type.Integer({ minimum: 1, maximum: 100, default: 5, description: 'downstream calls at once' }),
  }),
  answer: Type.Object({ calls: Type.Integer() }),
  async run({ count }, { call, downstream }) {
    const calls = Array.from({ length: count }, () => downstream.call('/slow', call));
    const results = await Promise.allSettled(calls);
    if (call.signal.aborted) throw reasonOf(call.signal);
    const errors = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    if (errors.length > 0) throw summariseFailures(errors, count, 'calls');
    return { calls: count };
  },
});
