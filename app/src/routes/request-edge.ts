import { setMaxListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type, type TObject } from 'typebox';
import type { Call } from '../kernel/call.ts';
import type { Ports } from '../ports.ts';

/** What every answer of a served request carries beside what was done. */
export interface Served {
  readonly durationMs: number;
  readonly replica: string;
}

export type Handler<Answer> = (request: FastifyRequest, call: Call, reply: FastifyReply) => Promise<Answer>;

/**
 * A route's handler behind the request edge. Probes, metrics, documents and the control API do not use it: they are
 * exempt from every protection and failure of requests.
 */
export function throughRequestEdge<Answer extends object>(
  ports: Ports,
  replica: string,
  route: string,
  handler: Handler<Answer>,
): (request: FastifyRequest, reply: FastifyReply) => Promise<Answer & Served> {
  const { clock, switchboard, lifecycle, connections } = ports;
  const { signal } = lifecycle.forcedStop;
  // Every request in flight may listen to this one signal; Node's warning about leaks does not apply.
  setMaxListeners(0, signal);

  return async (request, reply) => {
    const startedMs = clock.nowMs();
    const call: Call = {
      route,
      signal,
      request: connections.viewOf(request, reply),
      onClientLeft: (listener) => onClientLeft(reply.raw, listener),
    };
    const answer = await switchboard
      .edge('request')
      .execute((passedOn) => handler(request, passedOn, reply), call);
    return { ...answer, durationMs: Math.round((clock.nowMs() - startedMs) * 1000) / 1000, replica };
  };
}

/** An answer's schema with what every served request carries. */
export function servedSchema(answer: TObject): TObject {
  return Type.Object({
    ...answer.properties,
    durationMs: Type.Number({ description: 'milliseconds in the handler' }),
    replica: Type.String(),
  });
}

function onClientLeft(response: ServerResponse, listener: () => void): () => void {
  const onClose = (): void => {
    if (!response.writableFinished) listener();
  };
  if (response.destroyed || response.closed) onClose();
  else response.once('close', onClose);
  return () => response.off('close', onClose);
}
