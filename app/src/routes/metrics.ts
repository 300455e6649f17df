import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Ports } from '../ports.ts';

/** Prometheus text format; see docs/metrics.md for the names. */
export function metricsRoute(app: FastifyInstance, { metrics }: Ports): void {
  const schema = {
    tags: ['health'],
    summary: 'Metrics in the text format of Prometheus.',
    response: { 200: { description: 'Metrics', content: { 'text/plain': { schema: Type.String() } } } },
  };
  app.get('/metrics', { schema }, async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
}
