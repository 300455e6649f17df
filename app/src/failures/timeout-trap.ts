import { Type } from 'typebox';
import { defineFailure } from './failure.ts';

/**
 * A call that is answered, but after a minute: nothing ever fails, and each one holds a socket of the shared pool so
 * long. At DOWNSTREAM_CONNECTIONS of them every other route that calls the downstream waits for a socket, however fast
 * its own answer is; rate × 60 s of them are there at once (Little's law).
 * Source: M. Nygard, "Release It!", antipatterns "Slow Responses" and "Blocked Threads".
 */
export const timeoutTrap = defineFailure({
  name: 'timeout-trap',
  method: 'GET',
  path: '/api/timeout-trap',
  summary:
    'Calls an endpoint of the downstream service that takes a minute, and holds a shared socket meanwhile.',
  parameters: Type.Object({}),
  answer: Type.Object({ calls: Type.Integer() }),
  async run(_parameters, { call, downstream }) {
    await downstream.call('/timeout-trap', call);
    return { calls: 1 };
  },
});
