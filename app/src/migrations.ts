import type { Client } from 'pg';

/** Every replica migrates at its start; the lock lets one of them do it. The number has no meaning, it must only stay. */
const LOCK_KEY = 7_203_311;

/** In order; what was released is never changed, only followed by the next one. Failures bring tables of their own (`tables`). */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE tasks (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     title text NOT NULL,
     description text NOT NULL DEFAULT '',
     completed boolean NOT NULL DEFAULT false,
     created_at timestamptz NOT NULL DEFAULT now(),
     updated_at timestamptz NOT NULL DEFAULT now()
   )`,
];

/** Brings the schema up to date in one transaction under an advisory lock; `tables` is idempotent SQL of the failures. */
export async function migrate(client: Pick<Client, 'query'>, tables: readonly string[]): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK_KEY]);
    await client.query('CREATE TABLE IF NOT EXISTS schema_migrations (version integer PRIMARY KEY)');
    const { rows } = await client.query<{ version: number }>(
      'SELECT coalesce(max(version), 0) AS version FROM schema_migrations',
    );
    const current = rows[0]?.version ?? 0;
    for (const [index, sql] of MIGRATIONS.entries()) {
      if (index < current) continue;
      await client.query(sql);
      await client.query('INSERT INTO schema_migrations (version) VALUES ($1)', [index + 1]);
    }
    for (const sql of tables) await client.query(sql);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}
