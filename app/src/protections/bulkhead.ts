import { Type } from 'typebox';
import { createSharePerRoute } from '../kernel/share-per-route.ts';
import { defineProtection } from './protection.ts';

/**
 * Gives every route a share of its own of the downstream calls, so a route whose calls are slow cannot use up what
 * the others need. Sources: M. Nygard, "Release It!", pattern "Bulkheads"; resilience4j documentation, "Bulkhead".
 */
export const bulkhead = defineProtection({
  name: 'bulkhead',
  edge: 'downstream-call',
  layer: 'isolation',
  summary: 'Lets at most limit downstream calls of a route run at once, and queueLimit wait.',
  settings: Type.Object({
    limit: Type.Integer({ minimum: 1, maximum: 10_000, default: 10 }),
    queueLimit: Type.Integer({ minimum: 0, maximum: 10_000, default: 0 }),
  }),
  events: ['queued', 'rejected'],
  create: ({ limit, queueLimit }, { emit }) => ({
    execute: createSharePerRoute({ limit, queueLimit, what: 'calls', emit }),
  }),
});
