import { Type } from 'typebox';
import { allocateBallast, BYTES_PER_MB } from '../kernel/ballast.ts';
import { sleep } from '../kernel/clock.ts';
import { defineFailure } from './failure.ts';

/** Memory that is needed for a moment only: what counts is how many such requests run at once, and the limit. */
export const memorySpike = defineFailure({
  name: 'memory-spike',
  method: 'GET',
  path: '/api/memory-spike',
  summary: 'Takes size_mb megabytes of touched memory, holds them for hold seconds and gives them back.',
  parameters: Type.Object({
    size_mb: Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'megabytes of 10^6 bytes' }),
    hold: Type.Number({ minimum: 0, maximum: 60, default: 0.5, description: 'seconds, fractions allowed' }),
  }),
  answer: Type.Object({
    spikeBytes: Type.Integer({ description: 'by this request' }),
    holdSeconds: Type.Number(),
    rssBeforeBytes: Type.Integer(),
    rssPeakBytes: Type.Integer({ description: 'while this request held its memory' }),
    rssAfterBytes: Type.Integer(),
  }),
  async run({ size_mb, hold }, { call, clock, readings }) {
    const spikeBytes = size_mb * BYTES_PER_MB;
    const rssBeforeBytes = readings.residentBytes();
    const ballast = await allocateBallast(spikeBytes, () => sleep(clock, 0, call.signal));
    let rssPeakBytes: number;
    try {
      rssPeakBytes = readings.residentBytes();
      await sleep(clock, hold * 1000, call.signal);
    } finally {
      ballast.release();
    }
    const rssAfterBytes = readings.residentBytes();
    return { spikeBytes, holdSeconds: hold, rssBeforeBytes, rssPeakBytes, rssAfterBytes };
  },
});
