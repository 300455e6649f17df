import type { Fault } from './legal.ts';

interface ErrorEntry {
  readonly status: number;
  readonly title: string;
  readonly hint: string;
}

/** Every error that this service answers: a stable code, the status, one sentence and what to do. */
export const errorTable = {
  'bad-parameter': {
    status: 422,
    title: 'A query parameter is not legal.',
    hint: 'Each entry of `errors` names a field and what is legal.',
  },
  'bad-setting': {
    status: 422,
    title: 'A setting of the behaviour is not legal.',
    hint: 'Each entry of `errors` names a field and what is legal.',
  },
  'malformed-request': {
    status: 400,
    title: 'The request could not be read.',
    hint: 'Send a valid URL, and a body of valid JSON where one is expected.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large.',
    hint: 'A behaviour needs less than 1 kB.',
  },
  'not-json': {
    status: 415,
    title: 'The body is not JSON.',
    hint: 'Send the header `Content-Type: application/json`.',
  },
  'unknown-route': {
    status: 404,
    title: 'There is no such route.',
    hint: 'Ask for one of the routes that the detail lists.',
  },
  unauthorized: {
    status: 401,
    title: 'The control API wants its token.',
    hint: 'Send `Authorization: Bearer <CONTROL_TOKEN>`.',
  },
  'drawn-failure': {
    status: 500,
    title: 'The service failed on purpose.',
    hint: 'A failure rate asked for this; remove the behaviour or lower `failure_rate`.',
  },
  'queue-full': {
    status: 503,
    title: 'All slots are taken and the queue is full.',
    hint: 'Try again after the time in `Retry-After`.',
  },
  'queued-too-long': {
    status: 503,
    title: 'The request waited too long in a queue that stands.',
    hint: 'CoDel drops such requests; try again after the time in `Retry-After`.',
  },
  internal: {
    status: 500,
    title: 'The service has a fault of its own.',
    hint: 'The log line with the same path has the cause.',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorTable;

interface ErrorDetails {
  readonly detail?: string;
  readonly faults?: readonly Fault[];
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** An error of the table. Recognise it by `code`. */
export class ServiceError extends Error {
  readonly code: ErrorCode;
  readonly faults: readonly Fault[];
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    super(details.detail ?? errorTable[code].title, { cause: details.cause });
    this.name = 'ServiceError';
    this.code = code;
    this.faults = details.faults ?? [];
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

/** Problem details, RFC 9457, media type `application/problem+json`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly instance: string;
  readonly errors?: readonly Fault[];
}

/** Turns an error into the body of its answer; `instance` is the path that was asked for. */
export function toProblem(error: ServiceError, instance: string): Problem {
  const { status, title, hint } = errorTable[error.code];
  return {
    type: `urn:problem-type:${error.code}`,
    title,
    status,
    detail: error.message === title ? hint : `${error.message} ${hint}`,
    code: error.code,
    instance,
    ...(error.faults.length > 0 ? { errors: error.faults } : {}),
  };
}
