import { describe, expect, it } from 'vitest';
import { jsonRecords, type JsonRecords } from './json-records.ts';

const make = async (count: number): Promise<JsonRecords> => jsonRecords.run({ count });

describe('json-records', () => {
  it('reads back every record that it wrote', async () => {
    const made = await Promise.all([0, 1, 1000].map(make));
    expect(made.map(({ records }) => records)).toEqual([0, 1, 1000]);
  });

  it('weighs as much per record when there are a hundred times as many, but for the digits', async () => {
    const few = (await make(100)).bytes / 100;
    const many = (await make(10_000)).bytes / 10_000;
    expect(many / few).toBeGreaterThan(0.95);
    expect(many / few).toBeLessThan(1.05);
  });
});
