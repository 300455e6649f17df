import { Type } from 'typebox';
import { Problem } from '../errors.ts';
import type { Call } from '../kernel/call.ts';
import { withDeadline } from '../kernel/deadline.ts';
import { createLimiter } from '../kernel/limiter.ts';
import { defineProtection } from './protection.ts';

/**
 * Bounds the requests that are worked on and the time that one waits for its turn, so that those who are let in
 * are answered in time and the others know at once. By Little's law, L = λ·W: `limit` = rate · latency when all is well, and a
 * place in the queue costs latency / limit.
 * It sees handlers that wait; one that keeps the event loop busy is finished before the next one is counted, use
 * `adaptive-admission` there. Sources: J. D. C. Little, "A Proof for the Queuing Formula: L = λW" (1961); Google SRE
 * Book, chapter "Addressing Cascading Failures", section "Queue Management".
 */
export const concurrencyLimit = defineProtection({
  name: 'concurrency-limit',
  edge: 'request',
  layer: 'admission',
  summary:
    'Serves at most limit requests at once, lets queueLimit wait up to maxWaitMs, and rejects the rest.',
  settings: Type.Object({
    limit: Type.Integer({ minimum: 1, maximum: 100_000, default: 100 }),
    queueLimit: Type.Integer({ minimum: 0, maximum: 100_000, default: 50 }),
    maxWaitMs: Type.Integer({ minimum: 1, maximum: 600_000, default: 1000 }),
  }),
  events: ['queued', 'rejected'],
  create({ limit, queueLimit, maxWaitMs }, { clock, emit }) {
    const limiter = createLimiter(limit, queueLimit);
    const rejection = (why: string): Problem => {
      emit('rejected');
      return new Problem('CONCURRENCY_LIMITED', why, { retryAfterSeconds: 1 });
    };
    const onDeadline = (): Problem =>
      rejection(`no turn after ${maxWaitMs} ms, with ${limit} requests being served`);
    const enter = async (call: Call): Promise<void> => {
      const mustWait = limiter.wouldQueue;
      if (mustWait) emit('queued');
      const isIn = mustWait
        ? await withDeadline(({ signal }) => limiter.enter(signal), call, clock, maxWaitMs, onDeadline)
        : await limiter.enter(call.signal);
      if (!isIn) throw rejection(`${limit} requests are being served and ${queueLimit} are waiting`);
    };

    return {
      async execute(work, call) {
        await enter(call);
        try {
          return await work(call);
        } finally {
          limiter.leave();
        }
      },
    };
  },
});
