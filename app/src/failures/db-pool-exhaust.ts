import { Type } from 'typebox';
import { summariseFailures } from '../errors.ts';
import { defineFailure } from './failure.ts';

/** A name makes it a prepared statement; the sum of two columns makes it a query that reads, not only a pause. */
const HOLD = {
  name: 'pool-exhaust-hold',
  text: 'SELECT count(*)::int AS tasks, pg_sleep($1) FROM (SELECT 1 FROM tasks LIMIT 1) AS one',
};

/**
 * One request that asks for many connections at once, as a page does that loads its parts in parallel. As long as its
 * queries run, these connections are missing to every other route.
 */
export const dbPoolExhaust = defineFailure({
  name: 'db-pool-exhaust',
  method: 'GET',
  path: '/api/db-pool-exhaust',
  summary: 'Runs concurrent_queries queries at once, each on a connection of the pool for hold seconds.',
  parameters: Type.Object({
    concurrent_queries: Type.Integer({
      minimum: 1,
      maximum: 100,
      default: 10,
      description: 'queries at once',
    }),
    hold: Type.Number({
      minimum: 0,
      maximum: 60,
      default: 1,
      description: 'seconds that each query runs, fractions allowed',
    }),
  }),
  answer: Type.Object({ queries: Type.Integer() }),
  async run({ concurrent_queries, hold }, { call, database }) {
    const queries = Array.from({ length: concurrent_queries }, () =>
      database.query({ ...HOLD, values: [hold] }, call),
    );
    // All are waited for, also after the first failure: the request is not over while it still holds connections.
    const errors = (await Promise.allSettled(queries)).flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    if (errors.length > 0) throw summariseFailures(errors, concurrent_queries, 'queries');
    return { queries: concurrent_queries };
  },
});
