import { Type } from 'typebox';
import { defineFailure } from './failure.ts';

const ROWS_PER_ITERATION = 100;

/**
 * Hashes numbers and adds the hashes up: CPU time in the database, linear in $1. The series stands in the SELECT list,
 * where it is made row by row; in FROM, PostgreSQL would write it into a temporary file first.
 */
const QUERY = {
  name: 'expensive-query',
  text: `SELECT coalesce(sum(('x' || substr(md5(n::text), 1, 8))::bit(32)::bigint), 0)::text AS checksum
         FROM (SELECT generate_series(1, $1::bigint) AS n) AS series`,
};

/**
 * A query without an index to help it: its cost grows with what it is asked for. It reads only, so it costs the same
 * and answers the same every time.
 */
export const expensiveQuery = defineFailure({
  name: 'expensive-query',
  method: 'GET',
  path: '/api/expensive-query',
  summary: `Runs a query that hashes iterations × ${ROWS_PER_ITERATION} numbers in the database and changes nothing.`,
  parameters: Type.Object({
    iterations: Type.Integer({
      minimum: 1,
      maximum: 100_000,
      default: 1000,
      description: `units of ${ROWS_PER_ITERATION} hashes`,
    }),
  }),
  answer: Type.Object({ iterations: Type.Integer(), checksum: Type.String() }),
  async run({ iterations }, { call, database }) {
    const statement = { ...QUERY, values: [iterations * ROWS_PER_ITERATION] };
    const [row] = await database.query<{ checksum: string }>(statement, call);
    if (row === undefined) throw new Error('an aggregate gave no row');
    return { iterations, checksum: row.checksum };
  },
});
