import type { FastifyInstance } from 'fastify';
import type { Static, TObject } from 'typebox';
import type { Config } from '../config.ts';
import type { Failure } from '../failures/failure.ts';
import { configureParameters } from '../parameters.ts';
import type { Ports } from '../ports.ts';
import { problemResponses } from './problems.ts';
import { servedSchema, throughRequestEdge } from './request-edge.ts';

/** One route for every failure of the catalogue, made from its definition alone. */
export function failureRoutes(app: FastifyInstance, ports: Ports, config: Config): void {
  for (const failure of ports.catalogues.failures) failureRoute(app, ports, config, failure);
}

function failureRoute(app: FastifyInstance, ports: Ports, config: Config, failure: Failure): void {
  const parameters = configureParameters(failure.name, failure.parameters, config);
  const { database, downstream, clock, random } = ports;
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
        ...problemResponses(
          'INVALID_INPUT',
          'INTERNAL',
          'DOWNSTREAM_ERROR',
          'DATABASE_UNAVAILABLE',
          'DOWNSTREAM_TIMEOUT',
        ),
      },
    },
    handler: throughRequestEdge(ports, config.replica, failure.path, (request, call) =>
      failure.run(request.query as Static<TObject>, { call, database, downstream, clock, random }),
    ),
  });
}
