import { Type } from 'typebox';
import { entryOf, isProblem } from '../errors.ts';
import type { Call, Work } from '../kernel/call.ts';
import { defineFailure } from './failure.ts';

/**
 * Every hop tries again what failed below it, at once and without asking whether anybody else does: one request
 * becomes up to attempts^hops attempts at the service that is in trouble already.
 * Source: Google SRE Book, chapter "Addressing Cascading Failures", section "Retries".
 */
export const retryAmplification = defineFailure({
  name: 'retry-amplification',
  method: 'GET',
  path: '/api/retry-amplification',
  summary:
    'Calls the downstream service through hops of this service, each of which tries a failed call again at once.',
  parameters: Type.Object({
    attempts: Type.Integer({
      minimum: 1,
      maximum: 5,
      default: 3,
      description: 'attempts per hop, with the first one',
    }),
    hops: Type.Integer({
      minimum: 1,
      maximum: 3,
      default: 2,
      description: 'services that try again, with this one',
    }),
  }),
  answer: Type.Object({
    hops: Type.Integer(),
    attempts: Type.Integer({ description: 'attempts of this hop alone' }),
  }),
  async run({ attempts, hops }, { call, downstream, nextHop }) {
    const below = new URLSearchParams({ attempts: String(attempts), hops: String(hops - 1) });
    const made = await tryAtOnce(attempts, call, (attempt) =>
      hops > 1
        ? nextHop.call(`/api/retry-amplification?${below.toString()}`, attempt)
        : downstream.call('/slow', attempt),
    );
    return { hops, attempts: made };
  },
});

/** Returns how many attempts it took; the last error when none of them succeeded. The number travels with each, for `retry-budget`. */
async function tryAtOnce(attempts: number, call: Call, work: Work<void>): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work({ ...call, attempt });
      return attempt;
    } catch (error) {
      const isRetryable = isProblem(error) && entryOf(error.code).isRetryable === true;
      if (attempt >= attempts || call.signal.aborted || !isRetryable) throw error;
    }
  }
}
