import { Type } from 'typebox';
import { sleep } from '../kernel/clock.ts';
import { defineFailure } from './failure.ts';

/** Waiting costs nothing here: no connection, no thread, no CPU. What suffers is the client, and whoever limits requests. */
export const slow = defineFailure({
  name: 'slow',
  method: 'GET',
  path: '/api/slow',
  summary: 'Waits delay seconds as for slow I/O and holds nothing meanwhile.',
  parameters: Type.Object({
    delay: Type.Number({ minimum: 0, maximum: 60, default: 5, description: 'seconds, fractions allowed' }),
  }),
  answer: Type.Object({ delaySeconds: Type.Number({ description: 'seconds waited' }) }),
  async run({ delay }, { call, clock }) {
    await sleep(clock, delay * 1000, call.signal);
    return { delaySeconds: delay };
  },
});
