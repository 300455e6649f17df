import type { FastifyInstance } from 'fastify';
import type { Static, TObject } from 'typebox';
import type { Config } from '../config.ts';
import type { ErrorCode } from '../errors.ts';
import type { Failure } from '../failures/failure.ts';
import type { Call } from '../kernel/call.ts';
import { configureParameters } from '../parameters.ts';
import type { Ports } from '../ports.ts';
import { addGauge } from '../telemetry/metrics.ts';
import { breakOff, createAnswerStreams, type AnswerStreams, type OpenAnswer } from './answer-stream.ts';
import { problemResponses, toProblem } from './problems.ts';
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
  const streams = createAnswerStreams();
  addGauge(
    ports.metrics.registry,
    'lab_answer_waiting_bytes',
    'Bytes of streamed answers that wait in this process for their clients to read.',
    streams.waitingBytes,
  );
  for (const failure of ports.catalogues.failures) failureRoute(app, { ports, config, streams }, failure);
}

interface Environment {
  readonly ports: Ports;
  readonly config: Config;
  readonly streams: AnswerStreams;
}

function failureRoute(app: FastifyInstance, { ports, config, streams }: Environment, failure: Failure): void {
  const parameters = configureParameters(failure.name, failure.parameters, config);
  const answer = throughRequestEdge(ports, config.replica, failure.path, (request, call, reply) =>
    runFailure(failure, ports, request.query as Static<TObject>, call, (contentType) =>
      streams.open(reply, contentType),
    ),
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
        200: failure.streams === undefined ? servedSchema(failure.answer) : streamedSchema(failure.streams),
        ...problemResponses(...FAILURE_CODES),
      },
    },
    handler: async (request, reply) => {
      try {
        const served = await answer(request, reply);
        return reply.sent ? reply : served;
      } catch (error) {
        if (!reply.sent) throw error;
        const problem = toProblem(error);
        if (problem.code === 'INTERNAL')
          ports.log.error({ err: error, url: request.url }, 'unexpected error');
        breakOff(reply.raw, problem);
        return reply;
      }
    },
  });
}

function streamedSchema(contentType: string): object {
  const schema = { type: 'string', format: 'binary' };
  return { description: 'The body, piece by piece', content: { [contentType]: { schema } } };
}

/** Runs it with all ports; a body that it opened ends with the request. */
async function runFailure(
  failure: Failure,
  ports: Ports,
  parameters: Static<TObject>,
  call: Call,
  open: (contentType: string) => OpenAnswer,
): Promise<Static<TObject>> {
  const { database, downstream, nextHop, compute, cache, readings, clock, random } = ports;
  let stream: OpenAnswer | undefined;
  const context = {
    call,
    database,
    downstream,
    nextHop,
    compute,
    cache,
    readings,
    clock,
    random,
    openStream(): OpenAnswer {
      if (failure.streams === undefined) throw new Error(`${failure.name} does not declare that it streams`);
      return (stream = open(failure.streams));
    },
  };
  const answer = await failure.run(parameters, context);
  await stream?.finish(call.signal);
  return answer;
}
