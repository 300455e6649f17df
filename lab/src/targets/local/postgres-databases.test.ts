import { Client } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { createDatabaseFor, createPassword, toConnectionLimit } from './postgres-databases.ts';
import { quoteIdentifier, runSql } from './sql-session.ts';

const { signal } = new AbortController();
const limits = { connectDeadlineMs: 2_000, statementDeadlineMs: 5_000 };
const adminUrl = process.env['TEST_DATABASE_URL'] ?? '';

/** A database of a role that is not a superuser; both end with the test. */
async function createDatabase(connectionLimit: number | undefined) {
  const role = `limited_${process.pid}_${connectionLimit ?? 'free'}`;
  const password = createPassword();
  await runSql(adminUrl, [`CREATE ROLE ${quoteIdentifier(role)} LOGIN PASSWORD '${password}'`], limits);
  onTestFinished(async () => void (await runSql(adminUrl, [`DROP ROLE ${quoteIdentifier(role)}`], limits)));
  const database = await createDatabaseFor({ role, password }, adminUrl, role, { connectionLimit, signal });
  onTestFinished(() => database.drop());
  return database;
}

async function open(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  // The database is dropped under it.
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

it('refuses the session above the connection limit with SQLSTATE 53300, and admits one when another has gone', async () => {
  const { url } = await createDatabase(2);
  const first = await open(url);
  await open(url);
  await expect(open(url)).rejects.toMatchObject({ code: '53300' });
  await first.end();
  await expect
    .poll(() =>
      open(url).then(
        () => 'in',
        () => 'out',
      ),
    )
    .toBe('in');
});

it('without a limit a database admits what the server admits', async () => {
  const { url } = await createDatabase(undefined);
  await Promise.all([open(url), open(url), open(url)]);
  expect(toConnectionLimit(undefined)).toBe('CONNECTION LIMIT -1');
});
