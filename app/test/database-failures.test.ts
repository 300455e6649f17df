import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend, until, type TestBackend } from './support/backend.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';

const POOL_SIZE = 4;
let database: TestDatabase;
let backend: TestBackend;

beforeAll(async () => {
  database = await createTestDatabase();
  backend = await startBackend({
    DATABASE_URL: database.url,
    DATABASE_POOL_SIZE: String(POOL_SIZE),
    DOWNSTREAM_SERVICE_URL: 'http://127.0.0.1:1',
  });
});
afterAll(async () => {
  await backend.stop();
  await database.drop();
});

const get = async (path: string): Promise<{ status: number; body: Record<string, unknown> }> => {
  const response = await fetch(`${backend.url}${path}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const used = (): Promise<number | undefined> =>
  backend.metric('db_client_connection_count{db_client_connection_state="used"}');
const pending = (): Promise<number | undefined> => backend.metric('db_client_connection_pending_requests');

describe('/api/db-pool-exhaust', () => {
  it('holds that many connections at once, so that another route waits', async () => {
    const exhausting = get('/api/db-pool-exhaust?concurrent_queries=6&hold=0.3');
    await until(async () => (await used()) === POOL_SIZE && (await pending()) === 2);
    const task = get('/api/tasks');
    await until(async () => (await pending()) === 3);
    expect(await exhausting).toMatchObject({ status: 200, body: { queries: 6 } });
    expect((await task).status).toBe(200);
  });

  it('is not 200 when one of its queries failed, says how many did, and has all connections back', async () => {
    await backend.switch('acquire-timeout', { enabled: true, settings: { timeoutMs: 50 } });
    const { status, body } = await get('/api/db-pool-exhaust?concurrent_queries=6&hold=0.2');
    await backend.switch('acquire-timeout', { enabled: false });
    expect(status).toBe(503);
    expect(body).toMatchObject({ code: 'DATABASE_ACQUIRE_TIMEOUT' });
    expect(body['detail']).toMatch(/^2 of 6 queries failed/);
    expect(await used()).toBe(0);
  });
});

describe('/api/expensive-query', () => {
  it('answers the same every time, and writes nothing', async () => {
    const before = await database.query('SELECT sum(n_tup_ins + n_tup_upd) AS n FROM pg_stat_user_tables');
    const first = await get('/api/expensive-query?iterations=20');
    const second = await get('/api/expensive-query?iterations=20');
    const other = await get('/api/expensive-query?iterations=21');
    expect(first.body['checksum']).toBe(second.body['checksum']);
    expect(other.body['checksum']).not.toBe(first.body['checksum']);
    expect(await database.query('SELECT sum(n_tup_ins + n_tup_upd) AS n FROM pg_stat_user_tables')).toEqual(
      before,
    );
  });
});

describe('/api/nested-connection', () => {
  it('does its work alone, and deadlocks the pool when as many run at once as there are connections', async () => {
    expect((await get('/api/nested-connection')).status).toBe(200);
    await backend.switch('request-deadline', { enabled: true, settings: { deadlineMs: 400 } });
    const answers = Array.from({ length: POOL_SIZE }, () => get('/api/nested-connection'));
    await until(async () => (await used()) === POOL_SIZE && (await pending()) === POOL_SIZE);
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    await backend.switch('request-deadline', { enabled: false });
    expect(statuses).toEqual(Array.from({ length: POOL_SIZE }, () => 504));
    await until(async () => (await used()) === 0);
  });

  it('needs (connections − 1) × requests + 1 connections, as the formula says', async () => {
    const answers = Array.from({ length: POOL_SIZE - 1 }, () => get('/api/nested-connection'));
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});

describe('/api/lock-row', () => {
  it('makes others of the same row wait in the database, each with a connection, and counts each once', async () => {
    const first = get('/api/lock-row?row=3&hold=0.4');
    await until(async () => (await used()) === 1);
    const second = get('/api/lock-row?row=3&hold=0');
    const other = await get('/api/lock-row?row=4&hold=0');
    expect(other).toMatchObject({ status: 200, body: { row: 4, hits: 1 } });
    const blocked = await database.query(`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'`);
    expect(blocked).toHaveLength(1);
    expect((await first).body['hits']).toBe(1);
    expect((await second).body['hits']).toBe(2);
  });
});
