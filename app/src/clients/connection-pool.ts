import { Pool, type PoolClient } from 'pg';
import type { Logger } from 'pino';
import { hostOf } from '../addresses.ts';
import { Problem } from '../errors.ts';
import type { Call } from '../kernel/call.ts';
import { reasonOf, type Clock } from '../kernel/clock.ts';
import { withDeadline } from '../kernel/deadline.ts';
import { oncePerKey } from '../kernel/once-per-key.ts';
import type { Lease } from '../protections/protection.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { beginPoolWait, type PoolWaitOutcome } from '../telemetry/pool-wait.ts';
import { reasonWhy, sqlstateOf } from './database-error.ts';
import { createPoolLease } from './pool-lease.ts';
import { createSessions } from './sessions.ts';

export interface PoolState {
  readonly idle: number;
  readonly used: number;
  readonly pending: number;
  readonly max: number;
}

export interface ConnectionPool {
  /**
   * Takes a connection; waits in the pool's own first-come-first-served queue.
   * @throws Problem DATABASE_QUEUE_FULL, DATABASE_ACQUIRE_TIMEOUT, DATABASE_UNAVAILABLE, or the signal's reason.
   */
  take(call: Call): Promise<Lease>;
  state(): PoolState;
  /** Opens all connections, as far as the server lets us, so that no request pays for it. */
  open(): Promise<void>;
  /** Resolves when every connection was given back and is closed. */
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly url: string;
  readonly poolSize: number;
  /** 0: waiters wait for ever. */
  readonly acquireTimeoutMs: number;
  /** 0: any number may wait. */
  readonly queueLimit: number;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/**
 * pg's pool with what it lacks: waiters that can be ended, a bounded queue, and counters that do not count the dead.
 * pg's own `connectionTimeoutMillis` stays unset: it would also limit the wait in the queue, whose having no limit is
 * part of the failures shown here.
 */
export function createConnectionPool(options: PoolOptions): ConnectionPool {
  const { clock, metrics, poolSize, queueLimit, acquireTimeoutMs } = options;
  const address = hostOf(options.url, 5432);
  const sessions = createSessions();
  const pool = createPgPool(options, address);
  const heldBy = oncePerKey((route: string) => metrics.connectionsHeld.labels(route));
  const countError = (error: unknown): void =>
    metrics.databaseErrors.labels(sqlstateOf(error) ?? 'none').inc();
  let pending = 0;
  let used = 0;

  const lease = (client: PoolClient, release: (error?: Error) => void, route: string): Lease => {
    const held = heldBy(route);
    held.inc();
    used += 1;
    return createPoolLease({
      client,
      session: sessions.adopt(client),
      address,
      clock,
      onError: countError,
      onRelease(error) {
        held.dec();
        used -= 1;
        release(error);
      },
    });
  };

  const wait = ({ signal, route }: Call): Promise<Lease> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(reasonOf(signal));
        return;
      }
      const startedMs = clock.nowMs();
      const endPoolWait = beginPoolWait(route);
      let isWaiting = true;
      const stopWaiting = (outcome: PoolWaitOutcome): void => {
        endPoolWait(outcome);
        isWaiting = false;
        pending -= 1;
        signal.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        stopWaiting('given up');
        reject(reasonOf(signal));
      };
      pending += 1;
      signal.addEventListener('abort', onAbort);
      pool.connect((error, client, release) => {
        if (!isWaiting) {
          // Given back in a microtask: pg serves the next waiter inside release(), a row of dead ones would recurse.
          if (client !== undefined) queueMicrotask(() => release());
          return;
        }
        stopWaiting(client === undefined ? 'failed' : 'served');
        if (client === undefined) {
          countError(error);
          reject(new Problem('DATABASE_UNAVAILABLE', `${address}: ${reasonWhy(error)}`, { cause: error }));
          return;
        }
        metrics.connectionWaitSeconds.observe((clock.nowMs() - startedMs) / 1000);
        resolve(lease(client, release, route));
      });
    });

  return {
    async take(call) {
      if (queueLimit > 0 && pending + used >= poolSize + queueLimit) {
        const detail = `${used} connections are used and ${pending} requests wait`;
        throw new Problem('DATABASE_QUEUE_FULL', detail, { retryAfterSeconds: 1 });
      }
      if (acquireTimeoutMs === 0) return wait(call);
      return withDeadline(wait, call, clock, acquireTimeoutMs, () => {
        metrics.connectionTimeouts.inc();
        const detail = `none became free within ${acquireTimeoutMs} ms`;
        return new Problem('DATABASE_ACQUIRE_TIMEOUT', detail, { retryAfterSeconds: 1 });
      });
    },
    state: () => ({ idle: pool.idleCount, used, pending, max: poolSize }),
    async open() {
      const opened = await Promise.allSettled(Array.from({ length: poolSize }, () => pool.connect()));
      for (const result of opened) if (result.status === 'fulfilled') result.value.release();
    },
    close: () => pool.end(),
  };
}

function createPgPool({ url, poolSize, log }: PoolOptions, address: string): Pool {
  const pool = new Pool({ connectionString: url, max: poolSize, min: poolSize, idleTimeoutMillis: 0 });
  const onError = (error: Error): void =>
    log.warn({ database: address, reason: reasonWhy(error) }, 'connection lost');
  pool.on('error', onError);
  // While a client is out of the pool, pg listens to its errors no longer; without a listener one would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}
