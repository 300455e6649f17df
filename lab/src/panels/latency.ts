import { percentilesMs } from '../core/percentiles.ts';
import { readLoad } from './load-points.ts';
import { definePanel } from './panel.ts';

export const latency = definePanel({
  name: 'latency',
  title: 'Latency',
  meaning:
    'How long clients waited, from the moment a request was due; one without an answer counts at its deadline.',
  unit: 'ms',
  axis: { scale: 'log', min: 1, max: null },
  layout: 'arms',
  combine: 'max',
  read: (event) =>
    readLoad(event, ({ latencies }) => {
      const [p50 = null, p99 = null] = percentilesMs(Object.values(latencies), [50, 99]);
      return { p50, p99 };
    }),
});
