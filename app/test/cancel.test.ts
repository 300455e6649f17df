import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createConnectionPool, type ConnectionPool } from '../src/clients/connection-pool.ts';
import type { Lease } from '../src/protections/protection.ts';
import { systemClock } from '../src/system-clock.ts';
import { createLog } from '../src/telemetry/logging.ts';
import { createMetrics } from '../src/telemetry/metrics.ts';
import { until } from './support/backend.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { createCall, failureOf } from './support/layers.ts';

/** What happens to the next connections to the server: passed on, closed politely without being read, or broken off. */
type Fate = 'pass' | 'close' | 'break';

let database: TestDatabase;
let proxy: Server;
let pool: ConnectionPool;
let lease: Lease;
let fates: Fate[];

beforeAll(async () => {
  database = await createTestDatabase();
  const { hostname, port } = new URL(database.url);
  proxy = createServer((client) => {
    const fate = fates.shift() ?? 'pass';
    client.on('error', () => {});
    if (fate === 'pass') pass(client, connect(Number(port), hostname));
    else client.once('data', () => (fate === 'close' ? client.end() : client.resetAndDestroy()));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  proxy.close();
  await database.drop();
});

function pass(client: Socket, server: Socket): void {
  server.on('error', () => client.destroy());
  client.pipe(server).pipe(client);
}

beforeEach(async () => {
  fates = [];
  const url = new URL(database.url);
  url.host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  pool = createConnectionPool({
    url: url.href,
    poolSize: 1,
    acquireTimeoutMs: 0,
    queueLimit: 0,
    clock: systemClock,
    metrics: createMetrics(),
    log: createLog('silent', 'test'),
  });
  lease = await pool.take(createCall());
});
afterEach(async () => {
  lease.release();
  await pool.close();
});

/** Runs a statement and aborts it while the server is busy with it. */
async function abort(text: string): Promise<unknown> {
  const controller = new AbortController();
  const result = lease.query({ text }, controller.signal).catch((error: unknown) => error);
  await until(async () => {
    const busy = `SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query = '${text}'`;
    return (await database.query(busy)).length === 1;
  });
  controller.abort(new Error('nobody waits'));
  return result;
}

async function processId(of: Lease): Promise<number | undefined> {
  const [row] = await of.query<{ pid: number }>({ text: 'SELECT pg_backend_pid() AS pid' });
  return row?.pid;
}

/** The server process that the next holder of the pool's only connection talks to. */
async function nextProcessId(): Promise<number | undefined> {
  lease.release();
  lease = await pool.take(createCall());
  return processId(lease);
}

describe('a cancel', () => {
  it('is sent again while the statement still runs', async () => {
    fates = ['close', 'close', 'pass'];
    expect(await abort('SELECT pg_sleep(31)')).toEqual(new Error('nobody waits'));
    expect(fates).toEqual([]);
  });

  it('leaves a good connection behind', async () => {
    const before = await processId(lease);
    expect(await abort('SELECT pg_sleep(32)')).toEqual(new Error('nobody waits'));
    expect(await nextProcessId()).toBe(before);
  });

  it('without an answer costs the connection, which it might reach at any time', async () => {
    const before = await processId(lease);
    fates = ['break'];
    expect(await abort('SELECT pg_sleep(33)')).toEqual(new Error('nobody waits'));
    expect(await nextProcessId()).not.toBe(before);
    expect(pool.state()).toMatchObject({ used: 1, pending: 0 });
  });

  it('that cannot be sent lets the statement run to its end', async () => {
    fates = ['break', 'break', 'break', 'break', 'break'];
    expect(await abort('SELECT pg_sleep(0.3)')).toEqual([{ pg_sleep: '' }]);
  });
});

describe('an abort', () => {
  it('before the statement keeps it from being sent', async () => {
    expect(await failureOf(lease.query({ text: 'SELECT 1' }, AbortSignal.abort(new Error('gone'))))).toEqual(
      new Error('gone'),
    );
  });

  it('while a limit of the session is being set keeps the statement from being sent, and the limit is known', async () => {
    const controller = new AbortController();
    lease.setSession('statement_timeout', '5000');
    const failure = failureOf(lease.query({ text: 'SELECT pg_sleep(1)' }, controller.signal));
    controller.abort(new Error('gone'));
    expect(await failure).toEqual(new Error('gone'));
    expect(await lease.query({ text: 'SHOW statement_timeout' })).toEqual([{ statement_timeout: '5s' }]);
  });
});

describe('a limit of the session that cannot be set', () => {
  it('costs the connection, whose limits nobody knows then', async () => {
    const before = await processId(lease);
    lease.setSession('statement_timeout', '-7');
    expect(await failureOf(lease.query({ text: 'SELECT 1' }))).toMatchObject({ code: '22023' });
    expect(await nextProcessId()).not.toBe(before);
  });

  it('because the connection is lost is reported as the database that is not there', async () => {
    await database.query(`SELECT pg_terminate_backend(${await processId(lease)})`);
    lease.setSession('statement_timeout', '5000');
    expect(await failureOf(lease.query({ text: 'SELECT 1' }))).toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
    });
  });
});
