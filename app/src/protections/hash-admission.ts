import { Type } from 'typebox';
import { Problem } from '../errors.ts';
import { createLimiter, takeTurn } from '../kernel/limiter.ts';
import { defineProtection } from './protection.ts';

const GUARDED_JOB = 'hash';

/**
 * Bounds the hashes under way, so they cannot take all threads of libuv's pool from files and name look-ups; more
 * threads instead move the queue to the CPU. It sees hashes that wait (mode thread-pool, or behind worker-offload):
 * one on the event loop is over before the next is counted.
 * Source: libuv documentation, "Thread pool work scheduling": one global pool, four threads by default.
 */
export const hashAdmission = defineProtection({
  name: 'hash-admission',
  edge: 'computation',
  layer: 'admission',
  summary: 'Lets at most limit hashes run at once and queueLimit wait; other computations pass.',
  settings: Type.Object({
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 2 }),
    queueLimit: Type.Integer({ minimum: 0, maximum: 10_000, default: 4 }),
  }),
  events: ['queued', 'rejected'],
  create({ limit, queueLimit }, { emit }) {
    const limiter = createLimiter(limit, queueLimit);

    const turn = {
      onQueued: () => emit('queued'),
      onFull() {
        emit('rejected');
        const detail = `${limit} hashes are running and ${queueLimit} are waiting`;
        return new Problem('COMPUTATION_QUEUE_FULL', detail, { retryAfterSeconds: 1 });
      },
    };

    return {
      async compute(job, here, call) {
        if (job.name !== GUARDED_JOB) return here(call);
        return takeTurn(limiter, call.signal, turn, () => here(call));
      },
    };
  },
});
