import { channel } from 'node:diagnostics_channel';

/** `given up`: the request's signal ended the wait. `failed`: no connection could be opened. */
export type PoolWaitOutcome = 'served' | 'given up' | 'failed';

const started = channel('backend-load-testing:pool-wait:start');
const ended = channel('backend-load-testing:pool-wait:end');

/**
 * Publishes that a request begins to wait for a database connection; the returned function, called once, publishes how
 * that ended. Messages: `wait` = {route}, then {wait, outcome} with the same object. The first is published in the
 * request's async context, the second perhaps in that of the request that gave the connection back. Without a
 * subscriber (the tracing package) it costs one comparison.
 */
export function beginPoolWait(route: string): (outcome: PoolWaitOutcome) => void {
  if (!started.hasSubscribers) return nothing;
  const wait = { route };
  started.publish(wait);
  return (outcome) => ended.publish({ wait, outcome });
}

function nothing(): void {}
