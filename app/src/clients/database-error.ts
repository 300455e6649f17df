import { Problem } from '../errors.ts';

/** SQLSTATE classes that say "not now" and not "wrong statement": connection, resources, operator intervention. */
const UNAVAILABLE_STATE = /^(?:08|53|57P)/;

const QUERY_CANCELED = '57014';
const LOCK_NOT_AVAILABLE = '55P03';

/** The server stopped the statement: because of `statement_timeout`, or because we asked it to. */
export function isCancelled(error: unknown): boolean {
  return (error as { code?: unknown }).code === QUERY_CANCELED;
}

/** Undefined for an error that is not the server's: those of Node have a `code` too (ECONNREFUSED), and no severity. */
export function sqlstateOf(error: unknown): string | undefined {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return typeof code === 'string' && severity !== undefined ? code : undefined;
}

/**
 * An error of a statement: DATABASE_UNAVAILABLE when the connection or the server is the reason, STATEMENT_TIMEOUT or
 * LOCK_TIMEOUT when a limit of the session ended it, itself otherwise.
 * Source: PostgreSQL documentation, appendix A, "PostgreSQL Error Codes".
 */
export function toDatabaseProblem(error: unknown, address: string): unknown {
  const code = sqlstateOf(error);
  const message = reasonWhy(error);
  if (isCancelled(error)) return new Problem('STATEMENT_TIMEOUT', message, { cause: error });
  if (code === LOCK_NOT_AVAILABLE) {
    return new Problem('LOCK_TIMEOUT', message, { cause: error, retryAfterSeconds: 1 });
  }
  if (code !== undefined && !UNAVAILABLE_STATE.test(code)) return error;
  return new Problem('DATABASE_UNAVAILABLE', `${address}: ${reasonWhy(error)}`, { cause: error });
}

/** The reason in a few words, never with credentials; pg's messages may be empty where the code says it all. */
export function reasonWhy(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const words = typeof message === 'string' && message !== '' ? message : 'no answer';
  return typeof code === 'string' && !words.includes(code) ? `${words} (${code})` : words;
}
