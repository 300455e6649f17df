import { createPassword, toConnectionLimit } from '../local/postgres-databases.ts';
import { quoteIdentifier } from '../local/sql-session.ts';

/** PostgreSQL in a container, commanded by its own `psql`, so that its port need not be open to anybody else. */
export interface ContainerDatabases {
  /** For example `15.8`. */
  readonly version: string;
  /** An empty database for one system; `url` is for those inside of the network. */
  create(name: string, connectionLimit: number | undefined): Promise<ContainerDatabase>;
}

export interface ContainerDatabase {
  /** With the application's user and password. */
  urlAt(host: string): string;
  drop(): Promise<void>;
}

/** The application's: a superuser would not be bound by a connection limit. */
const role = 'lab';

/** `runSql` runs statements as the superuser and gives what `psql --tuples-only` prints. */
export async function openDatabases(
  runSql: (statements: readonly string[]) => Promise<string>,
): Promise<ContainerDatabases> {
  const password = createPassword();
  const version = (await runSql(['SHOW server_version'])).trim().split(' ')[0] ?? '';
  await runSql([`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`]);
  return {
    version,
    create: async (name, connectionLimit) => {
      const quoted = quoteIdentifier(name);
      await runSql([`CREATE DATABASE ${quoted} OWNER ${role} ${toConnectionLimit(connectionLimit)}`]);
      return {
        urlAt: (host) => `postgresql://${role}:${password}@${host}:5432/${name}`,
        // WITH (FORCE) ends sessions whose client was killed in the middle of a query, too.
        drop: async () => void (await runSql([`DROP DATABASE IF EXISTS ${quoted} WITH (FORCE)`])),
      };
    },
  };
}

/** The command for it inside of the container. */
export function toPsql(statements: readonly string[]): readonly string[] {
  return [
    'psql',
    '--username=postgres',
    '--dbname=postgres',
    '--no-psqlrc',
    '--quiet',
    '--tuples-only',
    '--no-align',
    '--set=ON_ERROR_STOP=1',
    ...statements.map((statement) => `--command=${statement}`),
  ];
}
