import { Type } from 'typebox';
import { entryOf, isProblem, Problem } from '../errors.ts';
import type { Execute } from '../kernel/call.ts';
import { sleep } from '../kernel/clock.ts';
import { withDeadline } from '../kernel/deadline.ts';
import { defineProtection } from './protection.ts';

/**
 * Tries a failed downstream call again. Only errors that the error table calls retryable (an error of the downstream,
 * a timeout of one attempt) are tried again; never an open breaker, never after the caller has given up.
 *
 * The wait before attempt n + 1 is min(maxBackoffMs, backoffMs · 2^(n−1)), with full jitter a uniform share of it.
 * Source: AWS Architecture Blog, M. Brooker, "Exponential Backoff And Jitter".
 */
export const retry = defineProtection({
  name: 'retry',
  edge: 'downstream-call',
  layer: 'retrying',
  summary: 'Tries a failed downstream call again, up to attempts times in all, with exponential backoff.',
  settings: Type.Object({
    attempts: Type.Integer({ minimum: 1, maximum: 10, default: 3 }),
    timeoutMs: Type.Integer({
      minimum: 0,
      maximum: 600_000,
      default: 1000,
      description: 'per attempt, 0 = none',
    }),
    backoffMs: Type.Integer({ minimum: 0, maximum: 60_000, default: 100 }),
    maxBackoffMs: Type.Integer({ minimum: 0, maximum: 60_000, default: 1000 }),
    jitter: Type.Union([Type.Literal('none'), Type.Literal('full')], { default: 'full' }),
  }),
  events: ['retried', 'timed-out', 'exhausted'],
  create({ attempts, timeoutMs, backoffMs, maxBackoffMs, jitter }, { clock, random, emit }) {
    const onDeadline = (): Problem => {
      emit('timed-out');
      return new Problem('DOWNSTREAM_TIMEOUT', `no answer to this attempt after ${timeoutMs} ms`);
    };
    const attempt: Execute = (work, call) =>
      timeoutMs === 0 ? work(call) : withDeadline(work, call, clock, timeoutMs, onDeadline);
    const waitMs = (failedAttempts: number): number => {
      const ceilingMs = Math.min(maxBackoffMs, backoffMs * 2 ** (failedAttempts - 1));
      return jitter === 'full' ? random() * ceilingMs : ceilingMs;
    };

    return {
      async execute(work, call) {
        // A handler that tries again itself has counted already: its second attempt is no first one.
        const firstAttempt = call.attempt ?? 1;
        for (let failedAttempts = 1; ; failedAttempts += 1) {
          try {
            const number = firstAttempt + failedAttempts - 1;
            return await attempt(work, number === 1 ? call : { ...call, attempt: number });
          } catch (error) {
            if (call.signal.aborted || !isRetryable(error)) throw error;
            if (failedAttempts >= attempts) {
              emit('exhausted');
              throw error;
            }
          }
          await sleep(clock, waitMs(failedAttempts), call.signal);
          emit('retried');
        }
      },
    };
  },
});

function isRetryable(error: unknown): boolean {
  return isProblem(error) && entryOf(error.code).isRetryable === true;
}
