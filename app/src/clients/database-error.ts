import { Problem } from '../errors.ts';

/** SQLSTATE classes that say "not now" and not "wrong statement": connection, resources, operator intervention. */
const UNAVAILABLE_STATE = /^(?:08|53|57P)/;

/**
 * An error of a statement: DATABASE_UNAVAILABLE when the connection or the server is the reason, itself otherwise.
 * Source: PostgreSQL documentation, appendix A, "PostgreSQL Error Codes".
 */
export function toDatabaseProblem(error: unknown, address: string): unknown {
  const { code, severity } = error as { code?: string; severity?: string };
  const isOfServer = severity !== undefined && code !== undefined;
  if (isOfServer && !UNAVAILABLE_STATE.test(code)) return error;
  return new Problem('DATABASE_UNAVAILABLE', `${address}: ${reasonWhy(error)}`, { cause: error });
}

/** The reason in a few words, never with credentials; pg's messages may be empty where the code says it all. */
export function reasonWhy(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const words = typeof message === 'string' && message !== '' ? message : 'no answer';
  return typeof code === 'string' && !words.includes(code) ? `${words} (${code})` : words;
}
