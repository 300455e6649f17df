import { Type } from 'typebox';
import { Problem } from '../errors.ts';
import { createLimiter, type Limiter } from '../kernel/limiter.ts';
import { defineProtection } from './protection.ts';

/**
 * Gives every route a share of its own of the downstream calls, so a route whose calls are slow cannot use up what
 * the others need. Sources: M. Nygard, "Release It!", pattern "Bulkheads"; resilience4j documentation, "Bulkhead".
 */
export const bulkhead = defineProtection({
  name: 'bulkhead',
  edge: 'downstream-call',
  layer: 'isolation',
  summary: 'Lets at most limit downstream calls of a route run at once, and queueLimit wait.',
  settings: Type.Object({
    limit: Type.Integer({ minimum: 1, maximum: 10_000, default: 10 }),
    queueLimit: Type.Integer({ minimum: 0, maximum: 10_000, default: 0 }),
  }),
  events: ['queued', 'rejected'],
  create({ limit, queueLimit }, { emit }) {
    const limiters = new Map<string, Limiter>();
    const limiterOf = (route: string): Limiter => {
      const known = limiters.get(route);
      if (known !== undefined) return known;
      const created = createLimiter(limit, queueLimit);
      limiters.set(route, created);
      return created;
    };

    return {
      async execute(work, call) {
        const limiter = limiterOf(call.route);
        if (limiter.size >= limit && limiter.size < limit + queueLimit) emit('queued');
        if (!(await limiter.enter(call.signal))) {
          emit('rejected');
          const detail = `${limit} calls of ${call.route} are running and ${queueLimit} are waiting`;
          throw new Problem('BULKHEAD_FULL', detail, { retryAfterSeconds: 1 });
        }
        try {
          return await work(call);
        } finally {
          limiter.leave();
        }
      },
    };
  },
});
