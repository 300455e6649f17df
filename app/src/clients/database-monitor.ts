import { Client } from 'pg';
import type { Logger } from 'pino';
import { hostOf } from '../addresses.ts';
import { reasonOf, sleep, type Clock } from '../kernel/clock.ts';
import { reasonWhy } from './database-error.ts';

const PAUSE_MS = 1000;
const LONGEST_ANSWER_MS = 2000;
const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 5000;

export interface DatabaseState {
  readonly isReady: boolean;
  /** Why not, with host and reason; null when ready. */
  readonly reason: string | null;
}

export interface DatabaseMonitor {
  state(): DatabaseState;
  stop(): Promise<void>;
}

export interface MonitorOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Runs on every new connection before the database counts as ready: migrations. */
  readonly prepare: (client: Client) => Promise<void>;
}

/**
 * Watches the database over a connection of its own, so readiness tells about the database and never about the pool:
 * connects, prepares, then asks once a second; after a failure it begins again, with waits of 0.1 to 5 s.
 */
export function startDatabaseMonitor(options: MonitorOptions): DatabaseMonitor {
  const { clock, log } = options;
  const address = hostOf(options.url, 5432);
  const stopping = new AbortController();
  let state: DatabaseState = { isReady: false, reason: `${address}: not connected yet` };
  let backoffMs = FIRST_BACKOFF_MS;

  const onReady = (): void => {
    backoffMs = FIRST_BACKOFF_MS;
    state = { isReady: true, reason: null };
    log.info({ database: address }, 'database ready');
  };
  const watch = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const error = await watchOnce(options, stopping.signal, onReady);
      if (stopping.signal.aborted) return;
      const reason = `${address}: ${reasonWhy(error)}`;
      if (state.reason !== reason) log.warn({ reason }, 'database not ready');
      state = { isReady: false, reason };
      await sleep(clock, backoffMs, stopping.signal).catch(() => {});
      backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS);
    }
  };
  const watching = watch();

  return {
    state: () => state,
    async stop() {
      stopping.abort(new Error('stopped'));
      await watching;
    },
  };
}

/** Lives as long as one connection; resolves with the error that ended it. */
async function watchOnce(
  { url, clock, prepare }: MonitorOptions,
  stopping: AbortSignal,
  onReady: () => void,
): Promise<unknown> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: LONGEST_ANSWER_MS });
  const ended = new AbortController();
  const signal = AbortSignal.any([stopping, ended.signal]);
  client.on('error', (error) => ended.abort(error));
  client.on('end', () => ended.abort(new Error('the connection was closed')));
  try {
    await client.connect();
    await prepare(client);
    onReady();
    for (;;) {
      await sleep(clock, PAUSE_MS, signal);
      await answered(client.query('SELECT 1'), clock, signal);
    }
  } catch (error) {
    return signal.aborted ? reasonOf(signal) : error;
  } finally {
    // Not waited for: a server that does not answer must not hold up the next attempt.
    client.end().catch(() => {});
  }
}

/** Rejects when the answer does not come within 2 s, or the signal aborts. */
async function answered(query: Promise<unknown>, clock: Clock, signal: AbortSignal): Promise<void> {
  const timer = new AbortController();
  const overdue = sleep(clock, LONGEST_ANSWER_MS, AbortSignal.any([signal, timer.signal])).then(() => {
    throw new Error(`no answer within ${LONGEST_ANSWER_MS} ms`);
  });
  try {
    await Promise.race([query, overdue]);
  } finally {
    timer.abort();
    overdue.catch(() => {});
    query.catch(() => {});
  }
}
