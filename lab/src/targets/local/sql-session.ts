import { Client } from 'pg';
import { orAborted } from './waiting.ts';

export interface SqlOptions {
  readonly connectDeadlineMs: number;
  readonly statementDeadlineMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs statements in one connection that is closed afterwards, and gives the rows of the last one. Rejects with the
 * driver's error, or with the signal's reason.
 */
export async function runSql(
  url: string,
  statements: readonly string[],
  options: SqlOptions,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: options.connectDeadlineMs,
    query_timeout: options.statementDeadlineMs,
    application_name: 'lab',
  });
  // A connection that breaks shows up in the query that runs; later it is of no interest.
  client.on('error', () => undefined);
  const work = async (): Promise<readonly Readonly<Record<string, unknown>>[]> => {
    await client.connect();
    let rows: readonly Readonly<Record<string, unknown>>[] = [];
    for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows;
    return rows;
  };
  const running = work();
  try {
    return options.signal === undefined ? await running : await orAborted(running, options.signal);
  } finally {
    // After an abort the statement that still runs fails with the connection.
    running.catch(() => undefined);
    await client.end().catch(() => undefined);
  }
}

/** An SQL identifier in double quotes. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The same server and user, another database. */
export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(name)}`;
  return changed.href;
}
