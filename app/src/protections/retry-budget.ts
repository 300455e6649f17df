import { Type } from 'typebox';
import { isProblem, Problem } from '../errors.ts';
import { defineProtection } from './protection.ts';

/**
 * Lets retries through as long as they are few compared with first attempts, so that a downstream in trouble gets at
 * most 1 + ratio times its load. A bucket that starts full: each first attempt puts `ratio` tokens in, time
 * minimumPerSecond, so that a service with little traffic can try again at all; each retry takes 1. It sees what
 * `Call.attempt` says: whoever tries again without saying so is taken for a first attempt.
 * Sources: Finagle documentation, "RetryBudget" (20 % and 10 per second there); gRPC proposal A6, "gRPC Retry Design",
 * section "Throttling Retry Attempts" (a full bucket of maxTokens 10, tokenRatio 0.1 as example); Google SRE Book, chapter
 * "Handling Overload" (10 % per client).
 */
export const retryBudget = defineProtection({
  name: 'retry-budget',
  edge: 'downstream-call',
  layer: 'budgeting',
  summary: 'Refuses retries of downstream calls beyond ratio per first attempt and minimumPerSecond.',
  settings: Type.Object({
    ratio: Type.Number({ minimum: 0, maximum: 1, default: 0.1 }),
    minimumPerSecond: Type.Number({ minimum: 0, maximum: 1000, default: 1 }),
    maxTokens: Type.Number({ minimum: 1, maximum: 10_000, default: 10 }),
  }),
  events: ['allowed', 'denied'],
  gauges: [{ name: 'lab_retry_budget_tokens', help: 'Retries that could be made now; 0 while it is off.' }],
  create({ ratio, minimumPerSecond, maxTokens }, { clock, emit }) {
    let tokens = maxTokens;
    let filledAtMs = clock.nowMs();
    let lastFailure = 'none seen here';
    const fill = (extra: number): void => {
      const nowMs = clock.nowMs();
      const earned = ((nowMs - filledAtMs) / 1000) * minimumPerSecond;
      tokens = Math.min(maxTokens, tokens + earned + extra);
      filledAtMs = nowMs;
    };
    const takeOrDeny = (attempt: number): void => {
      fill(0);
      if (tokens < 1) {
        emit('denied');
        const detail = `attempt ${attempt} is not made, the budget for retries is spent; the last failure: ${lastFailure}`;
        throw new Problem('RETRY_BUDGET_SPENT', detail, { retryAfterSeconds: 1 });
      }
      tokens -= 1;
      emit('allowed');
    };

    return {
      gauges: {
        lab_retry_budget_tokens() {
          fill(0);
          return tokens;
        },
      },
      async execute(work, call) {
        const { attempt = 1 } = call;
        if (attempt > 1) takeOrDeny(attempt);
        else fill(ratio);
        try {
          return await work(call);
        } catch (error) {
          if (isProblem(error)) lastFailure = `${error.code}, ${error.message}`;
          throw error;
        }
      },
    };
  },
});
