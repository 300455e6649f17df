import { Type } from 'typebox';
import { Problem } from '../errors.ts';
import { withDeadline } from '../kernel/deadline.ts';
import { defineProtection } from './protection.ts';

/**
 * Lets callers wait for a connection of the pool only so long, and only so many of them at once. It makes the failure
 * short, not rare: what holds the connections holds them as before.
 * Source: HikariCP documentation, "connectionTimeout"; the bound on waiters is Google SRE Book, chapter "Addressing
 * Cascading Failures", section "Queue Management".
 */
export const acquireTimeout = defineProtection({
  name: 'acquire-timeout',
  edge: 'database-work',
  layer: 'deadline',
  summary: 'Ends the wait for a database connection after timeoutMs, and lets at most maxWaiters wait.',
  settings: Type.Object({
    timeoutMs: Type.Integer({ minimum: 1, maximum: 600_000, default: 1000 }),
    maxWaiters: Type.Integer({ minimum: 1, maximum: 100_000, default: 50 }),
  }),
  events: ['timed-out', 'rejected'],
  create({ timeoutMs, maxWaiters }, { clock, emit }) {
    let waiters = 0;
    const onDeadline = (): Problem => {
      emit('timed-out');
      const detail = `none became free within ${timeoutMs} ms`;
      return new Problem('DATABASE_ACQUIRE_TIMEOUT', detail, { retryAfterSeconds: 1 });
    };
    return {
      async acquire(take, call) {
        if (waiters >= maxWaiters) {
          emit('rejected');
          const detail = `${waiters} requests wait for a connection`;
          throw new Problem('DATABASE_QUEUE_FULL', detail, { retryAfterSeconds: 1 });
        }
        waiters += 1;
        try {
          return await withDeadline(take, call, clock, timeoutMs, onDeadline);
        } finally {
          waiters -= 1;
        }
      },
    };
  },
});
