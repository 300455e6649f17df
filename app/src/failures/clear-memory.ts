import { Type } from 'typebox';
import { sleep } from '../kernel/clock.ts';
import { defineFailure } from './failure.ts';

const LONGEST_WAIT_MS = 2000;
const LOOK_AGAIN_MS = 20;
/** Of the heap some pages stay: V8 keeps a pool of them. */
const FALLEN_SHARE = 0.9;
/** A smaller change since the last look is none. */
const STEADY_BYTES = 500_000;

/**
 * Forgets what /api/memory-leak kept. Forgetting alone frees nothing: a garbage collection must find it, and V8 gives
 * the pages back in the background. So it forces one, and answers when the memory has really left this process.
 */
export const clearMemory = defineFailure({
  name: 'clear-memory',
  method: 'POST',
  path: '/api/clear-memory',
  summary:
    'Forgets all leaked memory, forces a garbage collection and answers when RSS has fallen, or after 2 s.',
  parameters: Type.Object({}),
  answer: Type.Object({
    clearedBytes: Type.Integer({ description: 'what was kept until now' }),
    hasFallen: Type.Boolean({ description: 'RSS has fallen by at least nine tenths of it' }),
    rssBeforeBytes: Type.Integer(),
    rssAfterBytes: Type.Integer(),
    heapUsedBeforeBytes: Type.Integer(),
    heapUsedAfterBytes: Type.Integer(),
  }),
  async run(_parameters, { call, cache, clock, readings }) {
    const rssBeforeBytes = readings.residentBytes();
    const heapUsedBeforeBytes = readings.heapUsedBytes();
    const clearedBytes = cache.clearKept();
    readings.collectGarbage();
    const deadlineMs = clock.nowMs() + LONGEST_WAIT_MS;
    const targetBytes = rssBeforeBytes - clearedBytes * FALLEN_SHARE;
    let rssAfterBytes = readings.residentBytes();
    for (let isSteady = clearedBytes === 0; !isSteady && clock.nowMs() < deadlineMs;) {
      await sleep(clock, LOOK_AGAIN_MS, call.signal);
      const nowBytes = readings.residentBytes();
      isSteady = nowBytes <= targetBytes && rssAfterBytes - nowBytes < STEADY_BYTES;
      rssAfterBytes = nowBytes;
    }
    return {
      clearedBytes,
      hasFallen: clearedBytes === 0 || rssAfterBytes <= targetBytes,
      rssBeforeBytes,
      rssAfterBytes,
      heapUsedBeforeBytes,
      heapUsedAfterBytes: readings.heapUsedBytes(),
    };
  },
});
