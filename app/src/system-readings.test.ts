import { totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { createReadings } from './system-readings.ts';

describe('the memory limit of this process', () => {
  it('is what was given, also when that is more or less than the kernel says', () => {
    for (const limitBytes of [64_000_000, totalmem() * 2]) {
      expect(createReadings(limitBytes).memoryLimitBytes()).toBe(limitBytes);
    }
  });

  it('is what the kernel says when nothing was given, and never more than the machine has', () => {
    const limitBytes = createReadings().memoryLimitBytes();
    expect(limitBytes).toBeGreaterThan(0);
    expect(limitBytes).toBeLessThanOrEqual(totalmem());
  });
});
