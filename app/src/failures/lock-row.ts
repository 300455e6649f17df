import { Type } from 'typebox';
import { defineFailure } from './failure.ts';

const ROWS = 100;

/**
 * Changes a row that everybody changes, and keeps its lock for a while, as a transaction does that works on after its
 * first write. Others wait for the lock in the database, each with a connection of the pool in its hands.
 * Source: PostgreSQL documentation, "Explicit Locking", section "Row-Level Locks".
 */
export const lockRow = defineFailure({
  name: 'lock-row',
  method: 'GET',
  path: '/api/lock-row',
  summary:
    'Updates one row and holds its lock for hold seconds; others queue behind it, each with a connection.',
  parameters: Type.Object({
    row: Type.Integer({ minimum: 1, maximum: ROWS, default: 1, description: 'number of the row' }),
    hold: Type.Number({
      minimum: 0,
      maximum: 60,
      default: 1,
      description: 'seconds that the lock is held, fractions allowed',
    }),
  }),
  answer: Type.Object({ row: Type.Integer(), hits: Type.Integer() }),
  tables: [
    'CREATE TABLE IF NOT EXISTS lock_rows (id integer PRIMARY KEY, hits bigint NOT NULL DEFAULT 0)',
    `INSERT INTO lock_rows (id) SELECT generate_series(1, ${ROWS}) ON CONFLICT DO NOTHING`,
  ],
  run: ({ row, hold }, { call, database }) =>
    database.transaction(async (transaction) => {
      const [updated] = await transaction.query<{ hits: string }>({
        name: 'lock-row-update',
        text: 'UPDATE lock_rows SET hits = hits + 1 WHERE id = $1 RETURNING hits',
        values: [row],
      });
      await transaction.query({ name: 'lock-row-hold', text: 'SELECT pg_sleep($1)', values: [hold] });
      return { row, hits: Number(updated?.hits) };
    }, call),
});
