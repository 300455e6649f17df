import type { PoolClient } from 'pg';
import { isProblem } from '../errors.ts';
import { reasonOf, sleep, type Clock } from '../kernel/clock.ts';
import type { Statement } from '../kernel/statement.ts';
import type { Lease } from '../protections/protection.ts';
import { cancelStatement } from './cancel-statement.ts';
import { isCancelled, toDatabaseProblem } from './database-error.ts';
import type { Session } from './sessions.ts';

/** Pause before a statement that still runs is cancelled again; doubled each time. */
const FIRST_CANCEL_PAUSE_MS = 50;

export interface PoolLeaseOptions {
  readonly client: PoolClient;
  readonly session: Session;
  /** Host and port of the server. */
  readonly address: string;
  readonly clock: Clock;
  /** Called for each error that the database or the connection gave, with the error as pg gave it. */
  onError(error: unknown): void;
  /** Called once, at the first release. With an error the pool closes the connection and opens another one. */
  onRelease(error?: Error): void;
}

/**
 * A connection in somebody's hands. One statement at a time: an abort cancels what the connection is doing.
 * It is not used again, nor given back, before a cancel has been acted on. A connection in a state that nobody knows
 * (a setting that failed, a cancel without an answer) is given back as broken.
 */
export function createPoolLease(options: PoolLeaseOptions): Lease {
  const { client, session, address, clock, onError, onRelease } = options;
  let isHeld = true;
  let isLost = false;
  let broken: Error | undefined;

  /** On a connection that is lost every further statement fails as well, the rollback too: that is still one error. */
  const report = (error: unknown): unknown => {
    const problem = toDatabaseProblem(error, address);
    if (!isLost) onError(error);
    isLost ||= isProblem(problem, 'DATABASE_UNAVAILABLE');
    return problem;
  };
  const prepare = async (applied: Promise<void>): Promise<void> => {
    try {
      await applied;
    } catch (error) {
      broken = new Error('its session has settings that nobody knows', { cause: error });
      throw report(error);
    }
  };
  return {
    async query<Row>(statement: Statement, signal?: AbortSignal) {
      const applied = session.apply();
      if (applied !== undefined) await prepare(applied);
      throwIfAborted(signal);
      let ended: AbortController | undefined;
      let cancelling: Promise<boolean> | undefined;
      const onAbort = (): void => {
        ended = new AbortController();
        cancelling = cancelUntilEnded(() => cancelStatement(client, address), clock, ended.signal);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      try {
        return await send<Row>(client, statement);
      } catch (error) {
        if (signal?.aborted === true && isCancelled(error)) throw reasonOf(signal);
        throw report(error);
      } finally {
        signal?.removeEventListener('abort', onAbort);
        ended?.abort();
        if ((await cancelling) === false) broken = new Error('a cancel may reach it at any time');
      }
    },
    setSession: session.want,
    release(error) {
      if (!isHeld) return;
      isHeld = false;
      onRelease(error ?? broken);
    },
  };
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw reasonOf(signal);
}

async function send<Row>(client: PoolClient, { name, text, values }: Statement): Promise<readonly Row[]> {
  const result = await client.query({ text, ...(name && { name }), ...(values && { values: [...values] }) });
  return result.rows as Row[];
}

/**
 * Asks again while the statement still runs: a server process ignores a cancel that comes before it has begun to read
 * the statement. False when one of them had no answer, so that it may still come.
 */
async function cancelUntilEnded(
  cancel: () => Promise<boolean>,
  clock: Clock,
  ended: AbortSignal,
): Promise<boolean> {
  let areAllAnswered = true;
  for (let pauseMs = FIRST_CANCEL_PAUSE_MS; ; pauseMs *= 2) {
    areAllAnswered = (await cancel()) && areAllAnswered;
    await sleep(clock, pauseMs, ended).catch(() => {});
    if (ended.aborted) return areAllAnswered;
  }
}
