import type { CreatedDatabase, DatabaseServer } from './database-server.ts';
import type { Guard } from './guard.ts';
import { toConnectionLimit } from './postgres-databases.ts';
import { quoteIdentifier, runSql, withDatabase } from './sql-session.ts';
import type { SqlOptions } from './sql-session.ts';
import { TargetError } from './target-error.ts';

const limits = { connectDeadlineMs: 5_000, statementDeadlineMs: 20_000 };

/**
 * A server that the user has named. The lab never uses the named database itself: it makes databases of its own there
 * and drops them. Throws `database-unreachable` with the host and the reason, never with the password.
 */
export async function useExternalDatabase(
  databaseUrl: string,
  guard: Guard,
  signal: AbortSignal,
): Promise<DatabaseServer> {
  const adminUrl = parseDatabaseUrl(databaseUrl);
  const ask = (statements: readonly string[], options: SqlOptions): ReturnType<typeof runSql> =>
    runSql(adminUrl, statements, options).catch((error: unknown) => {
      options.signal?.throwIfAborted();
      throw toUnreachable(adminUrl, error);
    });
  const [row] = await ask(['SHOW server_version'], { ...limits, signal });

  return {
    version: String(row?.['server_version']).split(' ')[0] ?? '',
    adminUrl,
    postmasterPid: null,
    failed: new Promise<never>(() => undefined),
    createDatabase: async (name, wanted): Promise<CreatedDatabase> => {
      guard.registerDatabase(name, adminUrl);
      const statement = `CREATE DATABASE ${quoteIdentifier(name)} ${toConnectionLimit(wanted.connectionLimit)}`;
      await ask([statement], { ...limits, signal: wanted.signal });
      return {
        url: withDatabase(adminUrl, name),
        drop: async () => {
          await ask([`DROP DATABASE IF EXISTS ${quoteIdentifier(name)} WITH (FORCE)`], limits);
          guard.forgetDatabase(name);
        },
      };
    },
    stop: () => Promise.resolve(),
  };
}

/** Also in the form that the specification's Python original uses: `postgresql+asyncpg://`. */
function parseDatabaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text.replace(/^postgres(ql)?(\+\w+)?:/, 'postgresql:')) : null;
  if (url !== null && url.protocol === 'postgresql:' && url.hostname !== '') return url.href;
  throw new TargetError(
    'database-unreachable',
    'the database URL is not of the form postgresql://user:password@host:port/database',
  );
}

function toUnreachable(adminUrl: string, error: unknown): TargetError {
  const { hostname, port, password } = new URL(adminUrl);
  const reason = [password, decodeURIComponent(password)]
    .filter((secret) => secret !== '')
    .reduce((text, secret) => text.replaceAll(secret, '***'), toReason(error));
  // Without `cause`: the driver's error may carry the connection's parameters.
  return new TargetError(
    'database-unreachable',
    `the database at ${hostname}:${port || '5432'} cannot be used: ${reason}`,
  );
}

/** A host name with several addresses fails with an AggregateError whose own message is empty. */
function toReason(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0)
    return error.errors.map(toReason).join('; ');
  return error instanceof Error ? error.message : String(error);
}
