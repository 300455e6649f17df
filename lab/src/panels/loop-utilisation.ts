import { definePanel } from './panel.ts';
import { readGauge } from './sample-points.ts';

export const loopUtilisation = definePanel({
  name: 'loop-utilisation',
  title: 'Event loop busy',
  meaning: 'The share of the last second in which the thread that serves all requests was working.',
  unit: 'ratio',
  axis: { scale: 'linear', min: 0, max: 1 },
  layout: 'arms',
  combine: 'max',
  read: (event) => readGauge(event, 'backend', 'nodejs_eventloop_utilization_ratio'),
});
