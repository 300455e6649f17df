import { describe, expect, it } from 'vitest';
import { failureOf } from '../../test/support/layers.ts';
import { createReadings } from '../system-readings.ts';
import { allocateBallast, allocateHeap, allocateNative } from './ballast.ts';

const readings = createReadings();
const goOn = (): Promise<void> => Promise.resolve();

describe('native memory', () => {
  it('has the size that was asked for, every byte written', async () => {
    const pieces = await allocateNative(12_500_000, goOn);
    expect(pieces.reduce((bytes, piece) => bytes + piece.length, 0)).toBe(12_500_000);
    expect(pieces.every((piece) => piece.every((byte) => byte === 1))).toBe(true);
  });

  it('gives others their turn every two megabytes', async () => {
    let pauses = 0;
    await allocateNative(20_000_000, () => Promise.resolve(void (pauses += 1)));
    expect(pauses).toBe(9);
  });

  it('stops when the pause rejects', async () => {
    const enough = new Error('enough');
    expect(await failureOf(allocateNative(20_000_000, () => Promise.reject(enough)))).toBe(enough);
  });
});

describe('heap memory', () => {
  it('weighs what was asked for, within one percent', async () => {
    readings.collectGarbage();
    const before = readings.heapUsedBytes();
    const pieces = await allocateHeap(50_000_000, goOn);
    readings.collectGarbage();
    expect(Math.abs(readings.heapUsedBytes() - before - 50_000_000)).toBeLessThan(500_000);
    expect(pieces.length).toBeGreaterThan(0);
  });
});

describe('ballast', () => {
  it.skipIf(process.platform !== 'linux')(
    'is resident, and leaves at once without a garbage collection',
    async () => {
      const before = readings.residentBytes();
      const ballast = await allocateBallast(50_000_000, goOn);
      const held = readings.residentBytes() - before;
      ballast.release();
      const left = readings.residentBytes() - before;
      expect(held).toBeGreaterThan(45_000_000);
      expect(left).toBeLessThan(held - 45_000_000);
    },
  );

  it.skipIf(process.platform !== 'linux')('leaves nothing behind when it is broken off', async () => {
    const before = readings.residentBytes();
    let held = 0;
    const pause = (): Promise<void> => {
      held = readings.residentBytes() - before;
      return held > 30_000_000 ? Promise.reject(new Error('enough')) : goOn();
    };
    expect(await failureOf(allocateBallast(100_000_000, pause))).toEqual(new Error('enough'));
    expect(readings.residentBytes() - before).toBeLessThan(held - 20_000_000);
  });
});
