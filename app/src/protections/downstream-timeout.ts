import { Type } from 'typebox';
import { Problem } from '../errors.ts';
import { withDeadline } from '../kernel/deadline.ts';
import { defineProtection } from './protection.ts';

/**
 * Gives every attempt of a downstream call a deadline of its own. Choose it from the latency that the downstream has
 * when it is well (for instance its p99.9), not from the patience of the caller.
 * Source: Amazon Builders' Library, "Timeouts, retries, and backoff with jitter".
 */
export const downstreamTimeout = defineProtection({
  name: 'downstream-timeout',
  edge: 'downstream-call',
  layer: 'attempt-deadline',
  summary: 'Gives up on an attempt of a downstream call after timeoutMs.',
  settings: Type.Object({
    timeoutMs: Type.Integer({ minimum: 1, maximum: 600_000, default: 250 }),
  }),
  events: ['timed-out'],
  create({ timeoutMs }, { clock, emit }) {
    const onDeadline = (): Problem => {
      emit('timed-out');
      return new Problem('DOWNSTREAM_TIMEOUT', `no answer after ${timeoutMs} ms`);
    };
    return { execute: (work, call) => withDeadline(work, call, clock, timeoutMs, onDeadline) };
  },
});
