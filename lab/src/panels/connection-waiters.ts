import { definePanel } from './panel.ts';
import { readGauge } from './sample-points.ts';

export const connectionWaiters = definePanel({
  name: 'connection-waiters',
  title: 'Waiting for a database connection',
  meaning: 'How many requests stand in the queue of the connection pool.',
  unit: 'count',
  axis: { scale: 'linear', min: 0, max: null },
  layout: 'arms',
  combine: 'sum',
  read: (event) => readGauge(event, 'backend', 'db_client_connection_pending_requests'),
});
