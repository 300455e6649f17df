import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Static, TObject } from 'typebox';
import type { Config } from '../config.ts';
import type { ErrorCode } from '../errors.ts';
import type { Failure } from '../failures/failure.ts';
import type { Call } from '../kernel/call.ts';
import { configureParameters } from '../parameters.ts';
import type { Ports } from '../ports.ts';
import { openAnswerStream, type OpenAnswer } from './answer-stream.ts';
import { problemResponses } from './problems.ts';
import { servedSchema, throughRequestEdge } from './request-edge.ts';

/** A status of each kind that a failure can be answered with; which code it is depends on what is on. */
const FAILURE_CODES: readonly ErrorCode[] = [
  'INVALID_INPUT',
  'INTERNAL',
  'DOWNSTREAM_ERROR',
  'DATABASE_UNAVAILABLE',
  'DOWNSTREAM_TIMEOUT',
];

/** One route for every failure of the catalogue, made from its definition alone. */
export function failureRoutes(app: FastifyInstance, ports: Ports, config: Config): void {
  for (const failure of ports.catalogues.failures) failureRoute(app, ports, config, failure);
}

function failureRoute(app: FastifyInstance, ports: Ports, config: Config, failure: Failure): void {
  const parameters = configureParameters(failure.name, failure.parameters, config);
  const answer = throughRequestEdge(ports, config.replica, failure.path, (request, call, reply) =>
    runFailure(failure, ports, request.query as Static<TObject>, call, reply),
  );
  app.route({
    method: failure.method,
    url: failure.path,
    schema: {
      operationId: failure.name,
      tags: ['failures'],
      summary: failure.summary,
      querystring: parameters,
      response: {
        200: servedSchema(failure.answer),
        ...problemResponses(...FAILURE_CODES),
      },
    },
    handler: async (request, reply) => {
      const served = await answer(request, reply);
      return reply.sent ? reply : served;
    },
  });
}

/** Runs it with all ports; a body that it opened is ended, or broken off when it fails. */
async function runFailure(
  failure: Failure,
  ports: Ports,
  parameters: Static<TObject>,
  call: Call,
  reply: FastifyReply,
): Promise<Static<TObject>> {
  const { database, downstream, nextHop, compute, cache, readings, clock, random } = ports;
  let stream: OpenAnswer | undefined;
  const openStream = (contentType: string): OpenAnswer => (stream = openAnswerStream(reply, contentType));
  const context = {
    call,
    database,
    downstream,
    nextHop,
    compute,
    cache,
    readings,
    openStream,
    clock,
    random,
  };
  try {
    const answer = await failure.run(parameters, context);
    stream?.end();
    return answer;
  } catch (error) {
    if (stream === undefined) throw error;
    stream.breakOff();
    return {};
  }
}
