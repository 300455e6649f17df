import type { FastifyInstance } from 'fastify';
import type { Registry } from '@platformatic/prom-client';
import type { Clock } from '../kernel/clock.ts';
import type { Lifecycle } from '../lifecycle.ts';

export const SERVICE_NAME = 'downstream-slow-service';

export interface ServiceRoutePorts {
  readonly clock: Clock;
  readonly lifecycle: Lifecycle;
  readonly registry: Registry;
  readonly replicaName: string;
}

/** `/health` and `/metrics`. No behaviour touches them: the instruments stay out of what they measure. */
export function addServiceRoutes(app: FastifyInstance, ports: ServiceRoutePorts): void {
  const startedMs = ports.clock.monotonicMs();
  app.get('/health', (_request, reply) => {
    const { stopping } = ports.lifecycle;
    void reply.code(stopping ? 503 : 200).send({
      status: stopping ? 'stopping' : 'healthy',
      service: SERVICE_NAME,
      replica: ports.replicaName,
      uptimeSeconds: Math.round(ports.clock.monotonicMs() - startedMs) / 1000,
    });
  });
  app.get('/metrics', async (_request, reply) => {
    void reply.header('content-type', ports.registry.contentType);
    return ports.registry.metrics();
  });
}
