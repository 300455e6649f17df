import { Type } from 'typebox';
import { sleep } from '../kernel/clock.ts';
import { defineProtection } from './protection.ts';

/**
 * A wrong fix, and the first that is tried: the same code behind a promise, a turn of the event loop later. `async`
 * makes nothing concurrent; it still runs on the one thread and in one piece, so everything else stalls as before.
 * Source: Node.js documentation, "Don't Block the Event Loop (or the Worker Pool)".
 */
export const asyncWrapper = defineProtection({
  name: 'async-wrapper',
  edge: 'computation',
  layer: 'resource',
  summary: 'Does not help: runs each computation one turn later, but still on the event loop.',
  settings: Type.Object({}),
  events: ['wrapped'],
  create(_settings, { clock, emit }) {
    return {
      async compute(_job, here, call) {
        emit('wrapped');
        await sleep(clock, 0, call.signal);
        return here(call);
      },
    };
  },
});
