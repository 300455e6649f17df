import { definePanel } from './panel.ts';
import { readRate } from './sample-points.ts';

export const throttledPeriods = definePanel({
  name: 'throttled-periods',
  title: 'Throttled periods',
  meaning:
    'How many of the ten periods of a second had their CPU quota used up, so that the process stood still.',
  unit: '1/s',
  axis: { scale: 'linear', min: 0, max: null },
  layout: 'arms',
  combine: 'sum',
  read: (event, previous) => readRate(event, previous, 'target', 'container_cpu_cfs_throttled_periods_total'),
});
