import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Board } from './board.ts';
import type { Config } from './config.ts';
import type { Endpoint } from './endpoints/endpoint.ts';
import type { Clock } from './kernel/clock.ts';
import { closeConnectionsWhenStopping } from './lifecycle.ts';
import type { Lifecycle } from './lifecycle.ts';
import { addServiceRoutes } from './routes/service-routes.ts';
import { addWorkRoute } from './routes/work-route.ts';
import { createServer } from './server.ts';
import type { Tally } from './tally.ts';
import { addTelemetry } from './telemetry.ts';
import type { ProcessUsage } from './telemetry.ts';

export interface AppPorts {
  readonly board: Board;
  readonly clock: Clock;
  readonly endpoints: readonly Endpoint[];
  readonly lifecycle: Lifecycle;
  readonly log: FastifyBaseLogger;
  readonly processUsage: () => ProcessUsage;
  readonly tally: Tally;
}

/** Builds the work port: every endpoint of the catalogue, `/health` and `/metrics`. It does not listen. */
export function buildApp(config: Config, ports: AppPorts): FastifyInstance {
  const { board, clock, lifecycle, log, processUsage, tally } = ports;
  const { replicaName, requestLogs } = config;
  const app = createServer({ log, coerceTypes: true });
  const registry = addTelemetry(app, { board, clock, processUsage, requestLogs, tally });
  closeConnectionsWhenStopping(app, lifecycle);
  addServiceRoutes(app, { clock, lifecycle, registry, replicaName });
  for (const endpoint of ports.endpoints) {
    addWorkRoute(app, endpoint, { limits: config, replicaName }, { board, clock, tally });
  }
  return app;
}
