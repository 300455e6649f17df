import { Type } from 'typebox';
import { defineFailure } from './failure.ts';

/**
 * Asks for a second connection while it holds the first one, as happens when a helper inside a transaction uses the
 * pool instead of the transaction. As many of these at once as the pool has connections, and all wait for each other
 * for ever, at no load at all.
 * Source: HikariCP wiki, "About Pool Sizing", section "Pool-locking": a pool of Tn × (Cm − 1) + 1 connections is needed,
 * for Tn requests at once that hold up to Cm each; node-postgres issue 805.
 */
export const nestedConnection = defineFailure({
  name: 'nested-connection',
  method: 'GET',
  path: '/api/nested-connection',
  summary: 'Takes a second connection of the pool while a transaction holds one: the pool can deadlock.',
  parameters: Type.Object({
    connections: Type.Integer({
      minimum: 1,
      maximum: 10,
      default: 2,
      description: 'connections that one request holds at once',
    }),
  }),
  answer: Type.Object({ connections: Type.Integer() }),
  async run({ connections }, { call, database }) {
    const hold = (left: number): Promise<void> =>
      database.transaction(async (transaction) => {
        await transaction.query({ name: 'nested-read', text: 'SELECT count(*) FROM tasks WHERE id = 1' });
        if (left > 1) await hold(left - 1);
      }, call);
    await hold(connections);
    return { connections };
  },
});
