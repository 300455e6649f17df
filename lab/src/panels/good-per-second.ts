import { readLoad } from './load-points.ts';
import { definePanel } from './panel.ts';

export const goodPerSecond = definePanel({
  name: 'good-per-second',
  title: 'Good answers per second',
  meaning: 'How many requests were well answered in each second, under the line of how many were offered.',
  unit: '1/s',
  axis: { scale: 'linear', min: 0, max: null },
  layout: 'arms',
  referenceLine: 'offered',
  combine: 'sum',
  read: (event) => readLoad(event, ({ offered, outcomes }) => ({ offered, good: outcomes.good ?? 0 })),
});
