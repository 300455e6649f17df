import { Type } from 'typebox';
import { Problem } from '../errors.ts';
import { withDeadline } from '../kernel/deadline.ts';
import { defineFailure } from './failure.ts';

/** One call with a time limit of its own for the whole call, retries included: what a careful handler writes by hand. */
export const callDownstream = defineFailure({
  name: 'call-downstream',
  method: 'GET',
  path: '/api/call-downstream',
  summary: 'Calls the slow endpoint of the downstream service once and gives up after timeout seconds.',
  parameters: Type.Object({
    timeout: Type.Number({
      minimum: 0.001,
      maximum: 60,
      default: 5,
      description: 'seconds, fractions allowed',
    }),
  }),
  answer: Type.Object({ calls: Type.Integer() }),
  async run({ timeout }, { call, clock, downstream }) {
    const onDeadline = (): Problem => new Problem('DOWNSTREAM_TIMEOUT', `no answer after ${timeout} s`);
    await withDeadline(
      (limited) => downstream.call('/slow', limited),
      call,
      clock,
      timeout * 1000,
      onDeadline,
    );
    return { calls: 1 };
  },
});
