import { definePanel } from './panel.ts';
import { readRate } from './sample-points.ts';

export const throttledPeriods = definePanel({
  name: 'throttled-periods',
  title: 'Throttled periods',
  meaning:
    'Periods in which a replica had used up its CPU quota and stood still; each replica has ten of them a second.',
  unit: '1/s',
  axis: { scale: 'linear', min: 0, max: null },
  layout: 'arms',
  combine: 'sum',
  read: (event, previous) => readRate(event, previous, 'target', 'container_cpu_cfs_throttled_periods_total'),
});
