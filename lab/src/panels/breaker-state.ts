import { definePanel } from './panel.ts';
import { readGauge } from './sample-points.ts';

export const breakerState = definePanel({
  name: 'breaker-state',
  title: 'Circuit breaker',
  meaning:
    'Whether the breaker lets calls to the downstream through (closed), tries one (half-open), or none (open).',
  unit: 'state',
  axis: { scale: 'linear', min: 0, max: 2, words: { 0: 'closed', 1: 'half-open', 2: 'open' } },
  layout: 'arms',
  combine: 'max',
  read: (event) => readGauge(event, 'backend', 'lab_circuit_breaker_state'),
});
