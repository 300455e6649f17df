import { definePanel } from './panel.ts';
import { readGauge } from './sample-points.ts';

export const readyReplicas = definePanel({
  name: 'ready-replicas',
  title: 'Ready replicas',
  meaning: 'How many replicas take requests; zero is an outage.',
  unit: 'count',
  axis: { scale: 'linear', min: 0, max: null },
  layout: 'arms',
  combine: 'sum',
  read: (event) => readGauge(event, 'target', 'kube_deployment_status_replicas_ready'),
});
