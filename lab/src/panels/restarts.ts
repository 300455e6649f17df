import { definePanel } from './panel.ts';
import { readGauge } from './sample-points.ts';

export const restarts = definePanel({
  name: 'restarts',
  title: 'Restarts so far',
  meaning: 'How often a replica was started again; each step is an outage of that replica.',
  unit: 'count',
  axis: { scale: 'linear', min: 0, max: null },
  layout: 'arms',
  combine: 'sum',
  read: (event) => readGauge(event, 'target', 'kube_pod_container_status_restarts_total'),
});
