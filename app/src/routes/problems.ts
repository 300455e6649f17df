import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Type } from 'typebox';
import {
  entryOf,
  isProblem,
  Problem,
  toProblemDetails,
  toSlug,
  type ErrorCode,
  type ProblemDetails,
} from '../errors.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Hook } from '../telemetry/request-recorder.ts';

/** The body of every answer that is not a success, for the OpenAPI document. */
const PROBLEM_SCHEMA = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String(),
    hint: Type.String(),
    instance: Type.Optional(Type.String()),
    errors: Type.Optional(
      Type.Array(Type.Object({ field: Type.String(), received: Type.Unknown(), legal: Type.String() })),
    ),
  },
  { description: 'Problem details (RFC 9457)' },
);

/** The response entries of a route that can fail with these codes. */
export function problemResponses(...codes: readonly ErrorCode[]): Record<number, object> {
  const statuses = new Set(codes.map((code) => entryOf(code).status));
  return Object.fromEntries(
    [...statuses].map((status) => {
      const titles = codes
        .filter((code) => entryOf(code).status === status)
        .map((code) => entryOf(code).title);
      const content = { 'application/problem+json': { schema: PROBLEM_SCHEMA } };
      return [status, { description: titles.join(' Or: '), content }];
    }),
  );
}

/** Turns everything that is thrown, and every unknown address, into problem details; counts what was shed, and with `measure` the unknown addresses. */
export function answerProblems(app: FastifyInstance, log: Logger, metrics?: Metrics, measure?: Hook): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error);
    if (problem.code === 'INTERNAL') log.error({ err: error, url: request.url }, 'unexpected error');
    if (entryOf(problem.code).isShed === true) metrics?.shedRequests.labels(toSlug(problem.code)).inc();
    return sendProblem(problem, request, reply);
  });
  app.setNotFoundHandler(measure === undefined ? {} : { preValidation: measure }, (request, reply) =>
    sendProblem(new Problem('NOT_FOUND', `no ${request.method} ${pathOf(request.url)}`), request, reply),
  );
}

export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { retryAfterSeconds } = problem;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', Math.max(1, Math.ceil(retryAfterSeconds)));
  // A part may have been answered in a degraded way before the request failed; what is sent now is no answer at all.
  reply.removeHeader('lab-degraded');
  const details = toProblemDetails(problem, pathOf(request.url));
  return reply.code(details.status).type('application/problem+json').send(write(details));
}

/** Faults repeat what was received, which can be nested more deeply than JSON.stringify can go: then they are left out. */
function write(details: ProblemDetails): string {
  try {
    return JSON.stringify(details);
  } catch {
    const { errors: _tooDeep, ...rest } = details;
    return JSON.stringify(rest);
  }
}

const CODE_OF_STATUS = new Map<number, ErrorCode>([
  [400, 'MALFORMED_REQUEST'],
  [403, 'NOT_FOUND'],
  [404, 'NOT_FOUND'],
  [413, 'BODY_TOO_LARGE'],
  [414, 'MALFORMED_REQUEST'],
  [415, 'UNSUPPORTED_MEDIA_TYPE'],
]);

/** A problem as it is; the web framework's own errors by their status; all else is INTERNAL, without its details. */
export function toProblem(error: unknown): Problem {
  if (isProblem(error)) return error;
  const { statusCode, message } = error as Partial<FastifyError>;
  const code = CODE_OF_STATUS.get(statusCode ?? 500);
  return code === undefined
    ? new Problem('INTERNAL', 'unexpected error', { cause: error })
    : new Problem(code, message ?? 'no details', { cause: error });
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? url;
}
