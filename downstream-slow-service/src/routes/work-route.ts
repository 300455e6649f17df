import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Static } from 'typebox';
import type { Endpoint, EndpointLimits } from '../endpoints/endpoint.ts';
import { performWork } from '../work.ts';
import type { WorkPorts } from '../work.ts';
import { endTruncated, resetConnection } from './broken-endings.ts';

/** What every work endpoint answers. */
export const answerSchema = Type.Object({
  endpoint: Type.String(),
  replica: Type.String(),
  did: Type.String(),
  behaviourActive: Type.Boolean(),
  queuedMs: Type.Number(),
  durationMs: Type.Number(),
});

export interface WorkRouteOptions {
  readonly limits: EndpointLimits;
  readonly replicaName: string;
}

/** Serves one endpoint of the catalogue at its path. A parameter that it does not have is a fault, too. */
export function addWorkRoute(
  app: FastifyInstance,
  endpoint: Endpoint,
  { limits, replicaName }: WorkRouteOptions,
  ports: WorkPorts,
): void {
  const querystring = { ...endpoint.parameters(limits), additionalProperties: false };
  app.get(
    endpoint.path,
    { schema: { querystring, response: { 200: answerSchema } } },
    async (request, reply): Promise<Static<typeof answerSchema> | typeof reply> => {
      const signal = untilClientLeaves(reply.raw);
      try {
        const query = request.query as Record<PropertyKey, unknown>;
        const { ending, ...done } = await performWork(endpoint, query, signal, ports);
        const answer = { endpoint: endpoint.name, replica: replicaName, ...done };
        if (signal.aborted) return reply.hijack();
        if (ending === 'answer') return answer;
        reply.hijack();
        if (ending === 'reset') resetConnection(reply.raw);
        else endTruncated(reply.raw, JSON.stringify(answer));
        return reply;
      } catch (error) {
        if (!signal.aborted) throw error;
        return reply.hijack();
      }
    },
  );
}

function untilClientLeaves(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableEnded) controller.abort();
  });
  return controller.signal;
}
