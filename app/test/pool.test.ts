import { setMaxListeners } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  createConnectionPool,
  type ConnectionPool,
  type PoolOptions,
} from '../src/clients/connection-pool.ts';
import type { Lease } from '../src/protections/protection.ts';
import { systemClock } from '../src/system-clock.ts';
import { createLog } from '../src/telemetry/logging.ts';
import { createMetrics } from '../src/telemetry/metrics.ts';
import { until } from './support/backend.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { createCall, failureOf } from './support/layers.ts';
import { settle } from './support/manual-clock.ts';

let database: TestDatabase;
let pool: ConnectionPool;
const log = createLog('silent', 'test');

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

function create(options: Partial<PoolOptions> = {}): ConnectionPool {
  const defaults = { url: database.url, poolSize: 1, acquireTimeoutMs: 0, queueLimit: 0 };
  return createConnectionPool({ ...defaults, clock: systemClock, metrics: createMetrics(), log, ...options });
}

/** A waiter that writes its name when it is served, and gives back at once. */
async function waiter(served: string[], name: string, signal?: AbortSignal): Promise<void> {
  const lease = await pool.take(createCall(signal ? { signal } : {}));
  served.push(name);
  lease.release();
}

describe('the connection pool', () => {
  let holder: Lease;
  beforeEach(async () => {
    pool = create();
    holder = await pool.take(createCall());
  });
  afterEach(async () => {
    holder.release();
    await pool.close();
  });

  it('serves waiters in the order of their arrival', async () => {
    const served: string[] = [];
    const waiting = ['first', 'second', 'third'].map((name) => waiter(served, name));
    expect(pool.state()).toEqual({ idle: 0, used: 1, pending: 3, max: 1 });
    holder.release();
    await Promise.all(waiting);
    expect(served).toEqual(['first', 'second', 'third']);
  });

  it('lets an aborted waiter go at once, counts it no longer, and serves the next one', async () => {
    const served: string[] = [];
    const controller = new AbortController();
    const aborted = failureOf(waiter(served, 'aborted', controller.signal));
    const patient = waiter(served, 'patient');
    controller.abort(new Error('gone'));
    expect(await aborted).toEqual(new Error('gone'));
    expect(pool.state().pending).toBe(1);
    holder.release();
    await patient;
    expect(served).toEqual(['patient']);
    expect(pool.state()).toMatchObject({ used: 0, pending: 0 });
  });

  it('survives a long row of aborted waiters', async () => {
    const controller = new AbortController();
    setMaxListeners(0, controller.signal);
    const served: string[] = [];
    const aborted = Array.from({ length: 10_000 }, () =>
      failureOf(waiter(served, 'aborted', controller.signal)),
    );
    const patient = waiter(served, 'patient');
    controller.abort(new Error('gone'));
    await Promise.all(aborted);
    holder.release();
    await patient;
    expect(served).toEqual(['patient']);
  });

  it('waits for ever without an acquire timeout', async () => {
    const served: string[] = [];
    const patient = waiter(served, 'patient');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(served).toEqual([]);
    holder.release();
    await patient;
  });

  it('replaces a connection that the server has ended, and nothing crashes', async () => {
    await database.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`);
    await settle();
    expect(await failureOf(holder.query({ text: 'SELECT 1' }))).toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
    });
    holder.release();
    await until(async () => {
      const lease = await pool.take(createCall());
      const rows = await lease.query({ text: 'SELECT 1 AS one' }).catch(() => []);
      lease.release();
      return rows.length === 1;
    });
  });
});

describe('lab_database_errors_total', () => {
  const metrics = createMetrics();
  const take = (): Promise<Lease> => pool.take(createCall());
  /** What was counted since the last look, by SQLSTATE. */
  async function counted(): Promise<Record<string, number>> {
    const { values } = await metrics.databaseErrors.get();
    metrics.databaseErrors.reset();
    return Object.fromEntries(values.map(({ labels, value }) => [labels.sqlstate, value]));
  }
  /** Evaluates an expression for each connection here that sleeps; resolves with how many those are. */
  const whileAsleep = async (expression: string): Promise<number> => {
    const asleep = `FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`;
    return (await database.query(`SELECT ${expression} ${asleep}`)).length;
  };
  afterEach(() => pool.close());

  it('counts what the server says of a statement, and not what was aborted by us', async () => {
    pool = create({ metrics });
    const lease = await take();
    lease.setSession('statement_timeout', '50');
    expect(await failureOf(lease.query({ text: 'SELECT pg_sleep(9)' }))).toMatchObject({
      code: 'STATEMENT_TIMEOUT',
    });
    expect(await failureOf(lease.query({ text: 'SELECT 1 / 0' }))).toMatchObject({ code: '22012' });
    expect(await counted()).toEqual({ 57014: 1, 22012: 1 });
    lease.setSession('statement_timeout', '0');
    const controller = new AbortController();
    const aborted = failureOf(lease.query({ text: 'SELECT pg_sleep(9)' }, controller.signal));
    await until(async () => (await whileAsleep('pid')) === 1);
    controller.abort(new Error('gone'));
    expect(await aborted).toEqual(new Error('gone'));
    expect(await counted()).toEqual({});
    lease.release();
  });

  it('counts a connection that the server refuses, because of a limit or because there is none', async () => {
    const role = `few_${process.pid}`;
    await database.query(`CREATE ROLE ${role} LOGIN PASSWORD '${role}' CONNECTION LIMIT 1`);
    onTestFinished(async () => void (await database.query(`DROP ROLE ${role}`)));
    const url = Object.assign(new URL(database.url), { username: role, password: role });
    pool = create({ metrics, poolSize: 2, url: url.href });
    const first = await take();
    expect(await failureOf(take())).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    first.release();
    await pool.close();
    pool = create({ metrics, url: 'postgresql://127.0.0.1:1/none' });
    await failureOf(take());
    expect(await counted()).toEqual({ 53300: 1, none: 1 });
  });

  it('counts a lost connection once, whatever is still tried on it', async () => {
    pool = create({ metrics });
    const lease = await take();
    const statement = failureOf(lease.query({ text: 'SELECT pg_sleep(9)' }));
    await until(async () => (await whileAsleep('pg_terminate_backend(pid)')) === 1);
    expect(await statement).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await failureOf(lease.query({ text: 'ROLLBACK' }));
    lease.release();
    expect(await counted()).toEqual({ '57P01': 1 });
  });
});

describe('limits of the pool', () => {
  it('rejects a waiter after the acquire timeout, which does not reach the holder', async () => {
    pool = create({ acquireTimeoutMs: 50 });
    const holder = await pool.take(createCall());
    expect(await failureOf(pool.take(createCall()))).toMatchObject({
      code: 'DATABASE_ACQUIRE_TIMEOUT',
      retryAfterSeconds: 1,
    });
    expect(await holder.query({ text: 'SELECT 1 AS one' })).toEqual([{ one: 1 }]);
    holder.release();
    await pool.close();
  });

  it('rejects at once when the queue is full', async () => {
    pool = create({ queueLimit: 1 });
    const holder = await pool.take(createCall());
    const waiting = pool.take(createCall());
    expect(await failureOf(pool.take(createCall()))).toMatchObject({ code: 'DATABASE_QUEUE_FULL' });
    holder.release();
    (await waiting).release();
    await pool.close();
  });

  it('opens all connections beforehand', async () => {
    pool = create({ poolSize: 3 });
    await pool.open();
    expect(pool.state()).toEqual({ idle: 3, used: 0, pending: 0, max: 3 });
    await pool.close();
  });

  it('says host and reason when the server cannot be reached, never the password', async () => {
    pool = create({ url: 'postgresql://user:secret@127.0.0.1:1/none' });
    const error = await failureOf(pool.take(createCall()));
    expect(error).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(String(error)).toContain('127.0.0.1:1: ');
    expect(String(error)).toContain('ECONNREFUSED');
    expect(String(error)).not.toContain('secret');
    expect(pool.state()).toMatchObject({ used: 0, pending: 0 });
    await pool.close();
  });
});
