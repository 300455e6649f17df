import { Type } from 'typebox';
import { limitSession } from '../kernel/session-limit.ts';
import { defineProtection } from './protection.ts';

/**
 * Has the database end a wait for a lock, so a queue behind one row does not hold a connection for each that waits.
 * Source: PostgreSQL documentation, "Client Connection Defaults", `lock_timeout`.
 */
export const lockTimeout = defineProtection({
  name: 'lock-timeout',
  edge: 'database-work',
  layer: 'resource',
  summary: 'Has the database end every wait for a lock that takes longer than timeoutMs.',
  settings: Type.Object({
    timeoutMs: Type.Integer({ minimum: 1, maximum: 600_000, default: 200 }),
  }),
  events: ['timed-out'],
  create: ({ timeoutMs }, { emit }) =>
    limitSession('lock_timeout', timeoutMs, 'LOCK_TIMEOUT', () => emit('timed-out')),
});
