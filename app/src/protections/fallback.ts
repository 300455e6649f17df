import { Type } from 'typebox';
import { isProblem, type ErrorCode } from '../errors.ts';
import type { Call, Work } from '../kernel/call.ts';
import { defineProtection } from './protection.ts';

/** What says that the downstream, or the way to it, is in trouble. Everything else is for somebody else to know. */
const REPLACED: readonly ErrorCode[] = [
  'DOWNSTREAM_ERROR',
  'DOWNSTREAM_TIMEOUT',
  'CIRCUIT_OPEN',
  'BULKHEAD_FULL',
  'RETRY_BUDGET_SPENT',
];

/**
 * Answers in the place of a downstream call that failed, and marks the request's answer with `Lab-Degraded`: a client
 * must be able to tell the two apart. A call that its caller has given up fails as before, and so does one on no
 * request's behalf: nobody could be told, and a degraded value could end in a cache as a good one.
 * It hides a failure and costs the downstream just as much: combine it with a breaker or a timeout.
 * Sources: Netflix Hystrix wiki, "How it Works", fallback; Google SRE Book, chapter "Addressing Cascading Failures",
 * section "Load Shedding and Graceful Degradation".
 */
export const fallback = defineProtection({
  name: 'fallback',
  edge: 'downstream-call',
  layer: 'fallback',
  summary:
    'Goes on without the answer of a downstream call that failed, and marks the own answer as degraded.',
  settings: Type.Object({}),
  events: ['answered'],
  create(_settings, { emit }) {
    return {
      async execute<T>(work: Work<T>, call: Call): Promise<T> {
        try {
          return await work(call);
        } catch (error) {
          const { request, signal } = call;
          if (signal.aborted || request === undefined || !isProblem(error, ...REPLACED)) throw error;
          emit('answered');
          request.markDegraded('fallback');
          // Downstream calls answer nothing (`Downstream.call`), so nothing is what stands in for the answer.
          return undefined as T;
        }
      },
    };
  },
});
