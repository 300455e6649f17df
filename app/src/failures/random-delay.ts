import { Type } from 'typebox';
import { Problem } from '../errors.ts';
import { sleep } from '../kernel/clock.ts';
import { defineFailure } from './failure.ts';

/** A wide spread of latencies around a harmless mean: what an average hides and percentiles show. */
export const randomDelay = defineFailure({
  name: 'random-delay',
  method: 'GET',
  path: '/api/random-delay',
  summary: 'Waits a time that is drawn anew for each request, uniformly between min and max seconds.',
  parameters: Type.Object({
    min: Type.Number({ minimum: 0, maximum: 60, default: 0.1, description: 'seconds, fractions allowed' }),
    max: Type.Number({ minimum: 0, maximum: 60, default: 3, description: 'seconds, fractions allowed' }),
  }),
  answer: Type.Object({ delaySeconds: Type.Number({ description: 'seconds drawn and waited' }) }),
  async run({ min, max }, { call, clock, random }) {
    if (min > max) {
      const faults = [{ field: 'min', received: min, legal: `number, 0 to max, which is ${max}` }];
      throw new Problem('INVALID_INPUT', `min is ${min} and max only ${max}`, { faults });
    }
    const delaySeconds = Math.round((min + random() * (max - min)) * 1e6) / 1e6;
    await sleep(clock, delaySeconds * 1000, call.signal);
    return { delaySeconds };
  },
});
