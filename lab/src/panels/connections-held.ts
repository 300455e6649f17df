import { definePanel } from './panel.ts';
import { readGaugePerRoute } from './sample-points.ts';

export const connectionsHeld = definePanel({
  name: 'connections-held',
  title: 'Database connections held',
  meaning: 'How many connections of the pool the requests of a route keep, whether they use them or not.',
  unit: 'count',
  axis: { scale: 'linear', min: 0, max: null },
  layout: 'arms',
  combine: 'sum',
  read: (event, previous) => readGaugePerRoute(event, previous, 'backend', 'lab_database_connections_held'),
});
