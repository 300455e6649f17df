import { Type } from 'typebox';
import { defineFailure } from './failure.ts';

const INSERT_ORDER = {
  name: 'cascade-insert-order',
  text: `INSERT INTO cascade_orders (state) VALUES ('pending') RETURNING id`,
};

/**
 * A handler as found in many code bases: opens a transaction, writes, asks another service several times, writes
 * again, commits. While it asks, it holds one connection of the pool that every other route needs, too.
 */
export const cascadeFailure = defineFailure({
  name: 'cascade-failure',
  method: 'GET',
  path: '/api/cascade-failure',
  summary:
    'Makes serial downstream calls inside a database transaction, so a slow downstream empties the pool for every route.',
  parameters: Type.Object({
    calls: Type.Integer({ minimum: 1, maximum: 20, default: 3, description: 'serial downstream calls' }),
  }),
  answer: Type.Object({ calls: Type.Integer(), orderId: Type.Integer() }),
  tables: [
    `CREATE TABLE IF NOT EXISTS cascade_orders (
       id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
       state text NOT NULL,
       created_at timestamptz NOT NULL DEFAULT now()
     )`,
  ],
  run: ({ calls }, { call, database, downstream }) =>
    database.transaction(async (transaction) => {
      const [order] = await transaction.query<{ id: string }>(INSERT_ORDER);
      const id = Number(order?.id);
      for (let made = 0; made < calls; made += 1) {
        await transaction.outside(() => downstream.call('/slow', call));
      }
      await transaction.query({
        name: 'cascade-confirm-order',
        text: `UPDATE cascade_orders SET state = 'confirmed' WHERE id = $1`,
        values: [id],
      });
      return { calls, orderId: id };
    }, call),
});
