import { readLoad } from './load-points.ts';
import { definePanel } from './panel.ts';

export const goodput = definePanel({
  name: 'goodput',
  title: 'Goodput',
  meaning:
    'Of the requests that were due in each second, the share that got a right, complete answer in time.',
  unit: 'ratio',
  axis: { scale: 'linear', min: 0, max: 1 },
  layout: 'arms',
  combine: 'sum',
  read: (event) =>
    readLoad(event, ({ offered, outcomes }) => ({
      '': offered === 0 ? null : (outcomes.good ?? 0) / offered,
    })),
});
