import { Type } from 'typebox';
import { limitSession } from '../kernel/session-limit.ts';
import { defineProtection } from './protection.ts';

/**
 * Has the database itself end statements that take too long: the client's own timeouts leave them running, with the
 * connection and the server's CPU. The limit is set when a connection is taken and costs a round trip only when it changes.
 * Source: PostgreSQL documentation, "Client Connection Defaults", `statement_timeout`.
 */
export const statementTimeout = defineProtection({
  name: 'statement-timeout',
  edge: 'database-work',
  layer: 'resource',
  summary: 'Has the database end every statement that takes longer than timeoutMs.',
  settings: Type.Object({
    timeoutMs: Type.Integer({ minimum: 1, maximum: 600_000, default: 1000 }),
  }),
  events: ['timed-out'],
  create: ({ timeoutMs }, { emit }) =>
    limitSession('statement_timeout', timeoutMs, 'STATEMENT_TIMEOUT', () => emit('timed-out')),
});
