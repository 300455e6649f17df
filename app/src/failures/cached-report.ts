import { Type, type Static } from 'typebox';
import { defineFailure } from './failure.ts';

const report = Type.Object({
  orders: Type.Integer(),
  revenueCents: Type.Integer(),
  madeAt: Type.String({ description: 'time of the database, RFC 3339' }),
});

/**
 * MATERIALIZED: the pause comes once, and not once for each row. The orders are made up from the key, so every report
 * costs the same and only its time differs.
 */
const MAKE_REPORT = {
  name: 'cached-report',
  text: `WITH pause AS MATERIALIZED (SELECT pg_sleep($1))
    SELECT count(*)::int AS "orders",
      sum((number * $2::int) % 9973)::int AS "revenueCents",
      to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "madeAt"
    FROM pause, generate_series(1, 1000) AS number`,
};

/**
 * A report that everybody reads and that is slow to make. When it expires, every reader of the next `rebuild` seconds
 * finds nothing and makes it anew, all for the same value: a cache stampede, rate · rebuild queries at once.
 * Source: A. Vattani et al., "Optimal Probabilistic Cache Stampede Prevention" (2015).
 */
export const cachedReport = defineFailure({
  name: 'cached-report',
  method: 'GET',
  path: '/api/cached-report',
  summary:
    'Reads a report from the cache for ttl seconds; whoever finds none makes it, by a query of rebuild seconds.',
  parameters: Type.Object({
    key: Type.Integer({ minimum: 1, maximum: 10_000, default: 1, description: 'number of the report' }),
    ttl: Type.Number({ minimum: 0.1, maximum: 3600, default: 5, description: 'seconds, fractions allowed' }),
    rebuild: Type.Number({
      minimum: 0,
      maximum: 30,
      default: 0.2,
      description: 'seconds, fractions allowed',
    }),
  }),
  answer: Type.Object({
    key: Type.Integer(),
    isRebuilt: Type.Boolean({ description: 'this request made the report that it answers with' }),
    report,
  }),
  async run({ key, ttl, rebuild }, { call, cache, database }) {
    let made: Static<typeof report> | undefined;
    const served = await cache.read(
      `cached-report:${key}`,
      ttl * 1000,
      async (passedOn) => {
        const statement = { ...MAKE_REPORT, values: [rebuild, key] };
        const [row] = await database.query<Static<typeof report>>(statement, passedOn);
        if (row === undefined) throw new Error('an aggregate without a row');
        return (made = row);
      },
      call,
    );
    return { key, isRebuilt: served === made, report: served };
  },
});
