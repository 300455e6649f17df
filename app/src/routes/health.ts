import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Ports } from '../ports.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

const ALIVE = Type.Object({ status: Type.String(), replica: Type.String() });
const READY = Type.Object({
  isReady: Type.Boolean(),
  notReady: Type.Array(Type.Object({ what: Type.String(), reason: Type.String() })),
  replica: Type.String(),
});

/** The probes. None of them waits for anything, takes a connection, or passes an edge. */
export function healthRoutes(app: FastifyInstance, ports: Ports, replica: string): void {
  // Always the same answer, so it is written once and sent past the serialiser: these routes show what the server costs.
  const healthy = JSON.stringify({ status: 'healthy', replica });
  const headers = { 'content-type': JSON_TYPE, 'content-length': Buffer.byteLength(healthy) };
  const answerHealthy = (_request: FastifyRequest, reply: FastifyReply): void => {
    reply.hijack();
    reply.raw.writeHead(200, headers);
    reply.raw.end(healthy);
  };
  const health = { tags: ['health'], response: { 200: ALIVE } };

  app.get('/health', { schema: { ...health, summary: 'The process serves requests.' } }, answerHealthy);
  app.get(
    '/livez',
    { schema: { ...health, summary: 'The event loop turns; nothing else is looked at.' } },
    answerHealthy,
  );
  const readiness = {
    tags: ['health'],
    summary: 'Whether requests should be sent here: the database answers, and no stop is under way.',
    response: { 200: READY, 503: READY },
  };
  app.get('/readyz', { schema: readiness }, (_request, reply) => {
    const notReady = reasonsNotReady(ports);
    reply.code(notReady.length === 0 ? 200 : 503).send({ isReady: notReady.length === 0, notReady, replica });
  });
}

function reasonsNotReady({ databaseState, lifecycle }: Ports): { what: string; reason: string }[] {
  const { reason } = databaseState();
  return [
    ...(lifecycle.isDraining ? [{ what: 'service', reason: 'it is stopping' }] : []),
    ...(reason === null ? [] : [{ what: 'database', reason }]),
  ];
}
