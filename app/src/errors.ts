import type { Fault } from './kernel/settings.ts';

interface ErrorEntry {
  /** HTTP status of the answer. */
  readonly status: number;
  /** One sentence: what happened. */
  readonly title: string;
  /** One sentence: what the caller or the operator can do. */
  readonly hint: string;
  /** Work was turned away to protect the rest: counted in lab_shed_requests_total, answered with Retry-After. */
  readonly isShed?: boolean;
  /** Another attempt may succeed: what the protection `retry` tries again. */
  readonly isRetryable?: boolean;
}

/** Every error that the backend answers with. `docs/errors.md` is compared with this table in a test, both ways. */
export const ERRORS = {
  MALFORMED_REQUEST: {
    status: 400,
    title: 'The request is not well-formed HTTP or JSON.',
    hint: 'Check the body, its content type and the percent-encoding of the URL.',
  },
  UNAUTHORIZED: {
    status: 401,
    title: 'The control API needs its token.',
    hint: 'Send the header Authorization: Bearer with the value of CONTROL_TOKEN.',
  },
  NOT_FOUND: {
    status: 404,
    title: 'There is nothing under this address or name.',
    hint: 'See /docs for the addresses, and /failures and /protections of the control API for the names.',
  },
  CONFLICT: {
    status: 409,
    title: 'The thing has changed since it was read.',
    hint: 'Read it again, and send the updated_at that you saw.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: 'The request body is larger than allowed.',
    hint: 'Send less, or raise BODY_LIMIT_BYTES.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The request body has a content type that is not understood.',
    hint: 'Send application/json.',
  },
  INVALID_INPUT: {
    status: 422,
    title: 'One or more values are not legal.',
    hint: 'The list errors names every faulty field, what was received and what is legal.',
  },
  INPUT_TOO_LONG: {
    status: 422,
    title: 'A text of the request is longer than this service takes in now.',
    hint: 'Send less; maxCharacters of the protection input-limit sets the length.',
  },
  CLIENT_LEFT: {
    status: 499,
    title: 'The client closed its connection before the answer.',
    hint: 'Nobody reads this answer; the work was ended by request-deadline.',
  },
  INTERNAL: {
    status: 500,
    title: 'The backend failed in a way that it does not know.',
    hint: 'The log has the stack under the same code.',
  },
  DOWNSTREAM_ERROR: {
    status: 502,
    title: 'The downstream service answered with an error, or could not be reached.',
    hint: 'Look at the downstream service; the protection retry helps against rare errors only.',
    isRetryable: true,
  },
  BULKHEAD_FULL: {
    status: 503,
    title: 'The share of this route in a scarce resource is used up.',
    hint: 'Try again later; limit and queueLimit of bulkhead or database-bulkhead set the share.',
    isShed: true,
  },
  CIRCUIT_OPEN: {
    status: 503,
    title: 'The circuit breaker is open, the downstream service was not called.',
    hint: 'Try again after the time in Retry-After; the breaker then lets a probe through.',
    isShed: true,
  },
  COMPUTATION_QUEUE_FULL: {
    status: 503,
    title: 'Too many computations already run and wait.',
    hint: 'Try again later; queueLimit of worker-offload or hash-admission sets the number.',
    isShed: true,
  },
  CONCURRENCY_LIMITED: {
    status: 503,
    title: 'Too many requests are already served and waiting.',
    hint: 'Try again later; limit and queueLimit of the protection concurrency-limit set the numbers.',
    isShed: true,
  },
  DATABASE_ACQUIRE_TIMEOUT: {
    status: 503,
    title: 'No database connection became free in time.',
    hint: 'Find out who holds the connections (lab_database_connections_held); acquire-timeout or DATABASE_ACQUIRE_TIMEOUT_MS sets the time.',
    isShed: true,
  },
  DATABASE_QUEUE_FULL: {
    status: 503,
    title: 'Too many requests already wait for a database connection.',
    hint: 'Try again later; acquire-timeout or DATABASE_QUEUE_LIMIT sets the number.',
    isShed: true,
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    title: 'The database cannot be reached, or it refuses connections.',
    hint: 'Look at /readyz and at the database named in the detail.',
  },
  LOCK_TIMEOUT: {
    status: 503,
    title: 'A lock in the database was not granted in time.',
    hint: 'Find out who holds it (pg_blocking_pids); timeoutMs of the protection lock-timeout sets the time.',
    isShed: true,
  },
  MEMORY_PRESSURE: {
    status: 503,
    title: 'The backend is short of memory and takes no more work in.',
    hint: 'Try again later; maxRatio of the protection memory-guard sets the limit.',
    isShed: true,
  },
  OVERLOADED: {
    status: 503,
    title: 'The event loop is late, so part of the requests is turned away.',
    hint: 'Try again later; targetLagMs of the protection adaptive-admission sets what late means.',
    isShed: true,
  },
  RETRY_BUDGET_SPENT: {
    status: 503,
    title: 'A downstream call failed, and there is no budget left to try it again.',
    hint: 'The cause is in the detail; ratio of the protection retry-budget sets how many retries are paid for.',
    isShed: true,
  },
  COMPUTATION_TIMEOUT: {
    status: 504,
    title: 'A computation did not end in time and was stopped.',
    hint: 'timeoutMs of the protection worker-offload sets the time.',
  },
  DEADLINE_EXCEEDED: {
    status: 504,
    title: 'The request did not finish before its deadline.',
    hint: 'deadlineMs of the protection request-deadline sets the time.',
  },
  DOWNSTREAM_TIMEOUT: {
    status: 504,
    title: 'The downstream service did not answer in time.',
    hint: 'Look at the downstream service; downstream-timeout, retry or the parameter timeout set the time.',
    isRetryable: true,
  },
  STATEMENT_TIMEOUT: {
    status: 504,
    title: 'A statement did not end in time and the database stopped it.',
    hint: 'timeoutMs of the protection statement-timeout sets the time.',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

export interface ProblemOptions {
  readonly cause?: unknown;
  readonly retryAfterSeconds?: number;
  readonly faults?: readonly Fault[];
}

/** An error with a code of the table; everything that the backend throws on purpose. Recognise it by `code`, not by class. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ErrorCode;
  /** Only on shed work, in whole seconds when it is written into the header. */
  readonly retryAfterSeconds: number | undefined;
  readonly faults: readonly Fault[] | undefined;

  constructor(code: ErrorCode, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.faults = options.faults;
  }
}

/** True for a problem, and, when codes are given, only for one of these. */
export function isProblem(error: unknown, ...codes: readonly ErrorCode[]): error is Problem {
  return error instanceof Error && error.name === 'Problem' && 'code' in error
    ? codes.length === 0 || codes.includes(error.code as ErrorCode)
    : false;
}

/**
 * What several pieces of work failed with, in one error: an unexpected error as it is, else the first problem's code
 * with how many of how many failed.
 */
export function summariseFailures(errors: readonly unknown[], total: number, what: string): unknown {
  const first = errors.find((error) => !isProblem(error)) ?? errors[0];
  if (!isProblem(first)) return first;
  const { code, message, retryAfterSeconds } = first;
  return new Problem(code, `${errors.length} of ${total} ${what} failed, the first: ${message}`, {
    cause: first,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

/** The table's entry of a code, with its optional members. */
export function entryOf(code: ErrorCode): ErrorEntry {
  return ERRORS[code];
}

/** Problem details as RFC 9457 defines them; the body of every answer that is not a success. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly hint: string;
  readonly instance?: string;
  readonly errors?: readonly Fault[];
}

export function toProblemDetails(problem: Problem, instance?: string): ProblemDetails {
  const { status, title, hint } = ERRORS[problem.code];
  return {
    type: `urn:backend-load-testing:error:${toSlug(problem.code)}`,
    title,
    status,
    detail: problem.message,
    code: problem.code,
    hint,
    ...(instance === undefined ? {} : { instance }),
    ...(problem.faults === undefined ? {} : { errors: problem.faults }),
  };
}

/** `CIRCUIT_OPEN` → `circuit-open`: the spelling in labels and addresses. */
export function toSlug(code: ErrorCode): string {
  return code.toLowerCase().replaceAll('_', '-');
}
