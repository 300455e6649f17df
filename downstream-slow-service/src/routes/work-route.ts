import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Static } from 'typebox';
import type { Endpoint, EndpointLimits } from '../endpoints/endpoint.ts';
import { performWork } from '../work.ts';
import type { WorkPorts } from '../work.ts';

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
        const done = await performWork(
          endpoint,
          request.query as Record<PropertyKey, unknown>,
          signal,
          ports,
        );
        return { endpoint: endpoint.name, replica: replicaName, ...done };
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
