import { describe, expect, it } from 'vitest';
import { expensiveQuery } from '../src/failures/expensive-query.ts';
import type { Statement } from '../src/kernel/statement.ts';
import { until, useBackend } from './support/backend.ts';
import { createContext } from './support/failure-context.ts';
import { createCall } from './support/layers.ts';

const POOL_SIZE = 4;
const { database, backend } = await useBackend({ DATABASE_POOL_SIZE: String(POOL_SIZE) });

const get = async (path: string): Promise<{ status: number; body: Record<string, unknown> }> => {
  const response = await fetch(`${backend.url}${path}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const used = (): Promise<number | undefined> =>
  backend.metric('db_client_connection_count{db_client_connection_state="used"}');
const pending = (): Promise<number | undefined> => backend.metric('db_client_connection_pending_requests');

/** Connections to this database whose statement waits for that event, as PostgreSQL calls it. */
const waitingFor = async (event: string): Promise<number> => {
  const here = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = '${event}'`;
  return (await database.query(here)).length;
};

/** The statement that /api/expensive-query runs. */
async function statementOf(iterations: number): Promise<Statement> {
  const seen: Statement[] = [];
  const query = <Row>(statement: Statement): Promise<readonly Row[]> => {
    seen.push(statement);
    return Promise.resolve([{ checksum: '0' }] as Row[]);
  };
  const port = { query, transaction: () => Promise.reject(new Error('not expected')) };
  await expensiveQuery.run({ iterations }, createContext({ database: port }));
  const [statement] = seen;
  if (statement === undefined) throw new Error('it ran no statement');
  return statement;
}

/** What the server says about a statement that it has run: its plan, with what each step did. */
async function explain({ text, values }: Statement): Promise<unknown> {
  const [row] = await backend.ports.database.query<Record<string, [{ Plan: unknown }]>>(
    { text: `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`, values: values ?? [] },
    createCall(),
  );
  return row?.['QUERY PLAN']?.[0].Plan;
}

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

describe('a request that is aborted', () => {
  it('cancels all that it runs in the database, and gives every connection back', async () => {
    await backend.switch('request-deadline', { enabled: true, settings: { deadlineMs: 300 } });
    const answers = await Promise.all(
      ['db-pool-exhaust?concurrent_queries=3&hold=41', 'lock-row?row=9&hold=41'].map((path) =>
        get(`/api/${path}`),
      ),
    );
    await backend.switch('request-deadline', { enabled: false });
    expect(answers.map(({ status }) => status)).toEqual([504, 504]);
    await until(async () => (await used()) === 0 && (await pending()) === 0);
    expect(await waitingFor('PgSleep')).toBe(0);
    expect((await get('/api/lock-row?row=9&hold=0')).body['hits']).toBe(1);
  });
});

describe('/api/expensive-query', () => {
  it('hashes a hundred rows an iteration, one by one, without a temporary file', async () => {
    for (const iterations of [1000, 3000]) {
      const plan = await explain(await statementOf(iterations));
      expect(plan).toMatchObject({ 'Temp Written Blocks': 0, 'Temp Read Blocks': 0 });
      expect(JSON.stringify(plan)).toMatch(
        new RegExp(`"Node Type":"ProjectSet"[^{]*"Actual Rows":${iterations * 100}`),
      );
    }
  });

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
    // The first deadline gives a connection back, which may still help the last one.
    expect(statuses).toContain(504);
    await until(async () => (await used()) === 0);
  });

  it('needs (connections − 1) × requests + 1 connections, as the formula says', async () => {
    const answers = Array.from({ length: POOL_SIZE - 1 }, () => get('/api/nested-connection'));
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});

describe('/api/lock-row', () => {
  it('makes others of the same row wait in the database, each with a connection, and counts each once', async () => {
    const first = get('/api/lock-row?row=3&hold=2');
    // A connection in use may not have its lock yet; one that sleeps has it.
    await until(async () => (await waitingFor('PgSleep')) === 1);
    const second = get('/api/lock-row?row=3&hold=0');
    const other = await get('/api/lock-row?row=4&hold=0');
    expect(other).toMatchObject({ status: 200, body: { row: 4, hits: 1 } });
    await until(async () => (await waitingFor('transactionid')) === 1);
    expect(await used()).toBe(2);
    expect((await first).body['hits']).toBe(1);
    expect((await second).body['hits']).toBe(2);
  });
});
