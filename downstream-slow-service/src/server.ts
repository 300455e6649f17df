import Fastify, { LogController } from 'fastify';
import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errorTable, ServiceError, toProblem } from './errors.ts';
import type { ErrorCode } from './errors.ts';
import { toFaults } from './faults.ts';

export interface ServerOptions {
  readonly log: FastifyBaseLogger;
  /** True for query strings, where every value comes as text; false for JSON, which has types of its own. */
  readonly coerceTypes: boolean;
}

/** Fastify's own codes that mean one of ours. */
const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'not-json',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
};

const BODY_LIMIT_BYTES = 16_384;

/** A Fastify instance that answers every error as problem details and names all faults of a request at once. */
export function createServer({ log, coerceTypes }: ServerOptions): FastifyInstance {
  const server: FastifyInstance = Fastify({
    loggerInstance: log,
    childLoggerFactory: (logger) => logger,
    logController: new LogController({ disableRequestLogging: true }),
    return503OnClosing: false,
    bodyLimit: BODY_LIMIT_BYTES,
    frameworkErrors: (error, request, reply) => sendProblem(error, request, reply),
    ajv: {
      customOptions: {
        allErrors: true,
        verbose: true,
        coerceTypes,
        // With coercion, ajv's strict numbers let the text `Infinity` past every bound; without, they stop it.
        strictNumbers: !coerceTypes,
        removeAdditional: false,
        keywords: ['unit'],
      },
    },
  });
  server.setErrorHandler(sendProblem);
  server.setNotFoundHandler((request, reply) => {
    const detail = `${request.method} ${toPath(request)} is not a route; there are: ${routesOf(server)}.`;
    sendProblem(new ServiceError('unknown-route', { detail }), request, reply);
  });
  collectRoutes(server);
  return server;
}

const routeLists = new WeakMap<FastifyInstance, string[]>();

function collectRoutes(server: FastifyInstance): void {
  const routes: string[] = [];
  routeLists.set(server, routes);
  server.addHook('onRoute', ({ method, url }) => {
    if (method !== 'HEAD') routes.push(`${String(method)} ${url}`);
  });
}

function routesOf(server: FastifyInstance): string {
  return (routeLists.get(server) ?? []).join(', ');
}

function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = toServiceError(error);
  if (known.code === 'internal') request.log.error({ err: error, path: request.url }, 'internal error');
  if (known.retryAfterSeconds !== undefined) void reply.header('retry-after', known.retryAfterSeconds);
  if (known.code === 'unauthorized') void reply.header('www-authenticate', 'Bearer');
  void reply
    .code(errorTable[known.code].status)
    .header('content-type', 'application/problem+json')
    .serializer(JSON.stringify)
    .send(toProblem(known, toPath(request)));
}

function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  const { code, statusCode, validation, validationContext, message } = error as Partial<FastifyError>;
  if (validation) {
    const isBody = validationContext === 'body';
    return new ServiceError(isBody ? 'bad-setting' : 'bad-parameter', { faults: toFaults(validation) });
  }
  const own = FASTIFY_CODES[code ?? ''];
  if (own) return new ServiceError(own);
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new ServiceError('malformed-request', message === undefined ? {} : { detail: `${message}.` });
  }
  return new ServiceError('internal', { cause: error });
}

function toPath(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}
