import { expect, it } from 'vitest';
import { createRecordingGuard, eventually } from '../../../../test/local-target.ts';
import { useExternalDatabase } from './external-database.ts';
import { findFreePort } from './ports.ts';
import { runSql, withDatabase } from './sql-session.ts';

const testUrl = process.env['TEST_DATABASE_URL'] ?? '';
const { signal } = new AbortController();
const limits = { connectDeadlineMs: 2_000, statementDeadlineMs: 5_000 };

it('makes a database of its own in the given server, and drops it with the sessions in it', async () => {
  const guard = createRecordingGuard();
  const pythonForm = testUrl.replace('postgresql:', 'postgresql+asyncpg:');
  const server = await useExternalDatabase(pythonForm, guard, signal);
  expect(server.version).toMatch(/^\d+\.\d+$/);
  expect(server.postmasterPid).toBeNull();

  const database = await server.createDatabase('lab_external_1', { signal });
  expect(await runSql(database.url, ['SELECT current_database()'], limits)).toEqual([
    { current_database: 'lab_external_1' },
  ]);
  const session = runSql(database.url, ['SELECT pg_sleep(20)'], { ...limits, statementDeadlineMs: 20_000 });
  const sessionError = session.catch((error: unknown) => String(error));
  const sleepers = `SELECT 1 FROM pg_stat_activity WHERE datname = 'lab_external_1' AND state = 'active'`;
  expect(await eventually(async () => (await runSql(testUrl, [sleepers], limits)).length === 1)).toBe(true);
  await database.drop();
  expect(await sessionError).toMatch(/terminat/);
  await database.drop();
  await expect(runSql(database.url, ['SELECT 1'], limits)).rejects.toThrow(/does not exist/);
  expect(guard.calls).toEqual([
    'database lab_external_1',
    ...Array(2).fill('forget-database lab_external_1'),
  ]);
});

it('names host and reason of a server that does not answer, and never the password', async () => {
  const url = `postgresql://someone:s3cret%2Fword@localhost:${await findFreePort()}/postgres`;
  const error = await failureOf(url);
  expect(error).toMatchObject({ code: 'database-unreachable' });
  expect(error.message).toMatch(/^the database at localhost:\d+ cannot be used: .*ECONNREFUSED/);
  expectNoSecret(error, ['s3cret']);
});

it('hides the password also when the server refuses it', async () => {
  const url = new URL(testUrl);
  url.username = 'nobody-by-that-name';
  url.password = 's3cret';
  const error = await failureOf(url.href);
  expect(error.message).toMatch(/authentication failed/);
  expectNoSecret(error, ['s3cret']);
});

it.each(['', 'mysql://a:s3cret@host/x', 's3cret', 'postgresql:///s3cret'])(
  'refuses %j as a URL',
  async (url) => {
    const error = await failureOf(url);
    expect(error).toMatchObject({ code: 'database-unreachable' });
    expectNoSecret(error, ['s3cret']);
  },
);

it('ends promptly when it is aborted', async () => {
  const reason = new Error('stopped');
  await expect(useExternalDatabase(testUrl, createRecordingGuard(), AbortSignal.abort(reason))).rejects.toBe(
    reason,
  );
});

it('keeps user, host and parameters when the database is changed', () => {
  expect(withDatabase('postgresql://u:p@h:1/a?sslmode=require', 'b')).toBe(
    'postgresql://u:p@h:1/b?sslmode=require',
  );
});

async function failureOf(url: string): Promise<Error> {
  return useExternalDatabase(url, createRecordingGuard(), signal).then(
    () => new Error('it did not fail'),
    (error: unknown) => error as Error,
  );
}

function expectNoSecret(error: Error, secrets: readonly string[]): void {
  const everything = `${error.stack ?? ''} ${JSON.stringify(error)} ${String(error.cause)}`;
  for (const secret of secrets) expect(everything).not.toContain(secret);
}
