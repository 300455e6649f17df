import { Type } from 'typebox';
import { defineProtection } from './protection.ts';

/**
 * Never holds a database connection across work outside the database: commits what was done so far, gives the
 * connection back, and lets the transaction take another one when it needs it. The price is shown too: the work is no
 * longer one transaction, what was committed before a failing call stays.
 * Source: HikariCP wiki, "About Pool Sizing": connections are few, so they must not wait for anything but the database.
 */
export const releaseConnection = defineProtection({
  name: 'release-connection',
  edge: 'database-work',
  layer: 'resource',
  summary: 'Gives the database connection back before a transaction works outside the database.',
  settings: Type.Object({}),
  events: ['released'],
  create(_settings, { emit }) {
    return {
      async outside(work, held) {
        if (await held.giveBack()) emit('released');
        return work();
      },
    };
  },
});
