import { Type } from 'typebox';
import { createSharePerRoute } from '../kernel/share-per-route.ts';
import { defineProtection } from './protection.ts';

/**
 * Gives every route a share of its own of the database work, smaller than the pool, so that slow queries of one route
 * leave connections to the others. The default leaves 7 of the pool's 10.
 * Sources: M. Nygard, "Release It!", pattern "Bulkheads"; resilience4j documentation, "Bulkhead".
 */
export const databaseBulkhead = defineProtection({
  name: 'database-bulkhead',
  edge: 'database-work',
  layer: 'isolation',
  summary: 'Lets at most limit pieces of database work of a route run at once, and queueLimit wait.',
  settings: Type.Object({
    limit: Type.Integer({ minimum: 1, maximum: 10_000, default: 3 }),
    queueLimit: Type.Integer({ minimum: 0, maximum: 10_000, default: 3 }),
  }),
  events: ['queued', 'rejected'],
  create: ({ limit, queueLimit }, { emit }) => ({
    execute: createSharePerRoute({ limit, queueLimit, what: 'pieces of database work', emit }),
  }),
});
