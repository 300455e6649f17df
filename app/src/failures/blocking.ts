import { Type } from 'typebox';
import { defineFailure } from './failure.ts';

/**
 * The loop itself is held: no request, no timer, no deadline and no signal to stop gets its turn, so no protection in
 * this process can end it, and a forced stop waits too. Only a second process, or an end by the kernel, helps.
 */
export const blocking = defineFailure({
  name: 'blocking',
  method: 'GET',
  path: '/api/blocking',
  summary:
    'Holds the event loop for duration seconds, like a synchronous call of a driver; everything else stalls.',
  blocksEventLoop: true,
  parameters: Type.Object({
    duration: Type.Number({ minimum: 0, maximum: 60, default: 5, description: 'seconds, fractions allowed' }),
  }),
  answer: Type.Object({ blockedSeconds: Type.Number({ description: 'seconds, measured' }) }),
  async run({ duration }, { clock }) {
    const startedMs = clock.nowMs();
    let elapsedMs = 0;
    while (elapsedMs < duration * 1000) elapsedMs = clock.nowMs() - startedMs;
    return { blockedSeconds: Math.round(elapsedMs) / 1000 };
  },
});
