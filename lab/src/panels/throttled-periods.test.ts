import { expect, it } from 'vitest';
import { sampleEvent, sampleOf } from '../../test/fixtures/sample-event.ts';
import { throttledPeriods } from './throttled-periods.ts';

it('shows throttled periods per second, and nothing where there is no quota', () => {
  const at = (second: number, periods: number) =>
    sampleOf('target', second, { container_cpu_cfs_throttled_periods_total: periods });
  expect(throttledPeriods.read(sampleEvent(at(2, 18)), at(1, 10))[0]?.value).toBe(8);
  const unlimited = throttledPeriods.read(sampleEvent(sampleOf('target', 2, {})), sampleOf('target', 1, {}));
  expect(unlimited).toEqual([]);
});
