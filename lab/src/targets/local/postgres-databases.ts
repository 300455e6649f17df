import { randomBytes } from 'node:crypto';
import type { CreatedDatabase, DatabaseOptions } from './database-server.ts';
import { quoteIdentifier, runSql } from './sql-session.ts';

const limits = { connectDeadlineMs: 5_000, statementDeadlineMs: 20_000 };

/** The role that the backend connects as: not a superuser, so it cannot use the connections reserved for those. */
export interface ApplicationRole {
  readonly role: string;
  readonly password: string;
}

/** 192 random bits, safe in URLs and in SQL strings. */
export function createPassword(): string {
  return randomBytes(24).toString('base64url');
}

/** Of a server of the lab's own. */
export function toUrl(port: number, role: string, password: string, database: string): string {
  return `postgresql://${role}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

/** Makes a database that belongs to the application's role. */
export async function createDatabaseFor(
  application: ApplicationRole,
  adminUrl: string,
  name: string,
  { connectionLimit, signal }: DatabaseOptions,
): Promise<CreatedDatabase> {
  const quoted = quoteIdentifier(name);
  const options = `OWNER ${quoteIdentifier(application.role)} ${toConnectionLimit(connectionLimit)}`;
  await runSql(adminUrl, [`CREATE DATABASE ${quoted} ${options}`], { ...limits, signal });
  return {
    url: toUrl(Number(new URL(adminUrl).port), application.role, application.password, name),
    // WITH (FORCE) ends the sessions that are left, also those whose client was killed in the middle of a query: they
    // would go on working into the next measurement.
    drop: async () => {
      await runSql(adminUrl, [`DROP DATABASE IF EXISTS ${quoted} WITH (FORCE)`], limits);
    },
  };
}

/** PostgreSQL documentation, "CREATE DATABASE": -1, the default, means no limit; superusers are exempt. */
export function toConnectionLimit(limit: number | undefined): string {
  return `CONNECTION LIMIT ${limit ?? -1}`;
}
