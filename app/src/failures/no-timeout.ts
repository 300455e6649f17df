import { Type } from 'typebox';
import { defineFailure } from './failure.ts';

/** As long as the downstream does not answer, this does not answer either: the HTTP client has every limit of its own off. */
export const noTimeout = defineFailure({
  name: 'no-timeout',
  method: 'GET',
  path: '/api/no-timeout',
  summary: 'Calls the slow endpoint of the downstream service and waits for the answer for ever.',
  parameters: Type.Object({}),
  answer: Type.Object({ calls: Type.Integer() }),
  async run(_parameters, { call, downstream }) {
    await downstream.call('/slow', call);
    return { calls: 1 };
  },
});
