import { definePanel } from './panel.ts';
import { readRate } from './sample-points.ts';

export const downstreamAttempts = definePanel({
  name: 'downstream-attempts',
  title: 'Calls to the downstream per second',
  meaning:
    'How many attempts the backend sends to the slow service; retries add to it, an open breaker stops it.',
  unit: '1/s',
  axis: { scale: 'linear', min: 0, max: null },
  layout: 'arms',
  combine: 'sum',
  read: (event, previous) => readRate(event, previous, 'backend', 'lab_downstream_attempts_total'),
});
