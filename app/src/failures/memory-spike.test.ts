import { describe, expect, it } from 'vitest';
import { createContext } from '../../test/support/failure-context.ts';
import { createCall, failureOf } from '../../test/support/layers.ts';
import { createReadings } from '../system-readings.ts';
import { memorySpike } from './memory-spike.ts';

const isLinux = process.platform === 'linux';

describe('memory-spike', () => {
  it.skipIf(!isLinux)('really takes the memory, holds it as long as it says, and gives it back', async () => {
    const context = createContext({ readings: createReadings() });
    const { clock } = context;
    let isAnswered = false;
    const running = memorySpike.run({ size_mb: 40, hold: 0.5 }, context);
    void running.then(() => (isAnswered = true));
    await clock.advance(499);
    expect(isAnswered).toBe(false);
    await clock.advance(20);
    const answer = await running;
    expect(answer).toMatchObject({ spikeBytes: 40_000_000, holdSeconds: 0.5 });
    expect(answer.rssPeakBytes - answer.rssBeforeBytes).toBeGreaterThan(37_000_000);
    expect(answer.rssPeakBytes - answer.rssAfterBytes).toBeGreaterThan(37_000_000);
  });

  it.skipIf(!isLinux)('gives it back at once when its call ends', async () => {
    const readings = createReadings();
    const controller = new AbortController();
    const context = createContext({ readings, call: createCall({ signal: controller.signal }) });
    const before = readings.residentBytes();
    const failure = failureOf(memorySpike.run({ size_mb: 40, hold: 60 }, context));
    await context.clock.advance(100);
    const held = readings.residentBytes() - before;
    controller.abort(new Error('enough'));
    expect(await failure).toEqual(new Error('enough'));
    expect(held).toBeGreaterThan(35_000_000);
    expect(readings.residentBytes() - before).toBeLessThan(held - 35_000_000);
    expect(context.clock.timers).toBe(0);
  });
});
