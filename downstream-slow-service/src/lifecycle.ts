import type { FastifyInstance } from 'fastify';
import type { Clock } from './kernel/clock.ts';

/** Whether the service is about to end. Read by `/health`, and by every answer to close its connection. */
export interface Lifecycle {
  stopping: boolean;
}

export interface StopPlan {
  readonly lifecycle: Lifecycle;
  readonly clock: Clock;
  /** Closed together, after the drain delay. */
  readonly servers: readonly Pick<FastifyInstance, 'close'>[];
  readonly drainDelayMs: number;
  readonly gracePeriodMs: number;
  /** Aborted to cut the wait short (a second signal). */
  readonly cut: AbortSignal;
}

/**
 * Ends the service without losing a request: `/health` turns to 503, requests are served for the drain delay with
 * `Connection: close`, then the ports are closed and what is in flight is finished.
 * `forced` when that took longer than the grace period (counted from the end of the drain delay), or was cut short.
 */
export async function stopGracefully(plan: StopPlan): Promise<'finished' | 'forced'> {
  const { lifecycle, clock, servers, drainDelayMs, gracePeriodMs, cut } = plan;
  lifecycle.stopping = true;
  const grace = new AbortController();
  const limit = AbortSignal.any([cut, grace.signal]);
  try {
    await clock.sleep(drainDelayMs, cut);
    const closed = Promise.all(servers.map((server) => server.close())).then(() => 'finished' as const);
    const forced = clock.sleep(gracePeriodMs, limit).then(() => 'forced' as const);
    return await Promise.race([closed, forced]);
  } catch (error) {
    if (cut.aborted) return 'forced';
    throw error;
  } finally {
    grace.abort();
  }
}

/** Makes the answers of `app` close their connection once the service is stopping. */
export function closeConnectionsWhenStopping(app: FastifyInstance, lifecycle: Lifecycle): void {
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (lifecycle.stopping) void reply.header('connection', 'close');
    done();
  });
}
