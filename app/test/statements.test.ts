import { describe, expect, it } from 'vitest';
import { until, useBackend } from './support/backend.ts';
import { createCall, failureOf } from './support/layers.ts';

const POOL_SIZE = 2;
const { database, backend } = await useBackend({ DATABASE_POOL_SIZE: String(POOL_SIZE) });

const query = <Row>(text: string, signal?: AbortSignal): Promise<readonly Row[]> =>
  backend.ports.database.query<Row>({ text }, createCall(signal === undefined ? {} : { signal }));

/** What the setting is on every connection of the pool, all held at once. */
function settingOnEveryConnection(name: string): Promise<readonly unknown[]> {
  const { database: port } = backend.ports;
  let arrived = 0;
  let release = (): void => {};
  const allHeld = new Promise<void>((resolve) => (release = resolve));
  const read = (): Promise<unknown> =>
    port.transaction(async (transaction) => {
      const [row] = await transaction.query<Record<string, unknown>>({ text: `SHOW ${name}` });
      arrived += 1;
      if (arrived === POOL_SIZE) release();
      await allHeld;
      return row?.[name];
    }, createCall());
  return Promise.all(Array.from({ length: POOL_SIZE }, read));
}

const activeStatements = async (text: string): Promise<number> => {
  const rows = await database.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'
      AND query LIKE '%${text}%' AND pid <> pg_backend_pid()`,
  );
  return rows.length;
};

describe('a limit of the session', () => {
  it('is on every connection while its protection is on, and on none after it was switched off', async () => {
    expect(await settingOnEveryConnection('statement_timeout')).toEqual(['0', '0']);
    await backend.switch('statement-timeout', { enabled: true, settings: { timeoutMs: 1500 } });
    await backend.switch('lock-timeout', { enabled: true, settings: { timeoutMs: 700 } });
    expect(await settingOnEveryConnection('statement_timeout')).toEqual(['1500ms', '1500ms']);
    expect(await settingOnEveryConnection('lock_timeout')).toEqual(['700ms', '700ms']);
    await backend.switch('statement-timeout', { enabled: false });
    expect(await settingOnEveryConnection('statement_timeout')).toEqual(['0', '0']);
    expect(await settingOnEveryConnection('lock_timeout')).toEqual(['700ms', '700ms']);
    await backend.switch('lock-timeout', { enabled: false });
    expect(await settingOnEveryConnection('lock_timeout')).toEqual(['0', '0']);
  });

  it('ends a statement that takes longer, in the database, with its own code', async () => {
    await backend.switch('statement-timeout', { enabled: true, settings: { timeoutMs: 50 } });
    expect(await failureOf(query('SELECT pg_sleep(30)'))).toMatchObject({ code: 'STATEMENT_TIMEOUT' });
    expect(await activeStatements('pg_sleep(30)')).toBe(0);
    await backend.switch('statement-timeout', { enabled: false });
    const timedOut = 'lab_protection_events_total{protection="statement-timeout",event="timed-out"}';
    expect(await backend.metric(timedOut)).toBe(1);
  });

  it('ends a wait for a lock with its own code, and leaves the holder alone', async () => {
    await backend.switch('lock-timeout', { enabled: true, settings: { timeoutMs: 50 } });
    const holder = fetch(`${backend.url}/api/lock-row?row=7&hold=0.5`);
    await until(async () => (await activeStatements('pg_sleep')) === 1);
    const waiter = await fetch(`${backend.url}/api/lock-row?row=7&hold=0`);
    expect([waiter.status, await waiter.json()]).toEqual([
      503,
      expect.objectContaining({ code: 'LOCK_TIMEOUT' }),
    ]);
    expect((await holder).status).toBe(200);
    await backend.switch('lock-timeout', { enabled: false });
  });
});

describe('a statement whose call is aborted', () => {
  it('is cancelled in the database and rejects with the reason; the connection is good afterwards', async () => {
    const controller = new AbortController();
    const failure = failureOf(query('SELECT pg_sleep(30), 1 AS aborted', controller.signal));
    await until(async () => (await activeStatements('AS aborted')) === 1);
    controller.abort(new Error('nobody waits'));
    expect(await failure).toEqual(new Error('nobody waits'));
    expect(await activeStatements('AS aborted')).toBe(0);
    await expect(query<{ n: number }>('SELECT 1 AS n')).resolves.toEqual([{ n: 1 }]);
  });

  it('rolls its transaction back and gives the connection back', async () => {
    const controller = new AbortController();
    const failure = failureOf(
      backend.ports.database.transaction(
        async (transaction) => {
          await transaction.query({ text: `INSERT INTO tasks (title) VALUES ('never seen')` });
          await transaction.query({ text: 'SELECT pg_sleep(30), 2 AS aborted' });
        },
        createCall({ signal: controller.signal }),
      ),
    );
    await until(async () => (await activeStatements('2 AS aborted')) === 1);
    controller.abort(new Error('nobody waits'));
    expect(await failure).toEqual(new Error('nobody waits'));
    expect(await query(`SELECT 1 FROM tasks WHERE title = 'never seen'`)).toEqual([]);
    expect(await backend.metric('db_client_connection_count{db_client_connection_state="used"}')).toBe(0);
  });

  it('never takes the next statement on its connection with it', async () => {
    for (let round = 0; round < 60; round += 1) {
      const controllers = Array.from({ length: POOL_SIZE * 3 }, () => new AbortController());
      const aborted = controllers.map(({ signal }, index) =>
        // Some end by themselves at about the moment of the abort: the race that a late cancel would win.
        query(`SELECT pg_sleep(${0.001 * (index + 1)})`, signal).catch((error: unknown) => error),
      );
      const innocent = Array.from({ length: POOL_SIZE * 3 }, () =>
        query<{ n: number }>('SELECT pg_sleep(0.002), 1 AS n'),
      );
      await new Promise((resolve) => setImmediate(resolve));
      for (const controller of controllers) controller.abort(new Error('nobody waits'));
      const answers = await Promise.all(innocent);
      expect(answers.map(([row]) => row?.n)).toEqual(answers.map(() => 1));
      await Promise.all(aborted);
    }
  });
});
