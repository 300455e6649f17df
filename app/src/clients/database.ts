import type { Edge } from '../edges.ts';
import type { Database } from '../failures/failure.ts';
import type { Call } from '../kernel/call.ts';
import type { Statement } from '../kernel/statement.ts';
import type { Switchboard } from '../switchboard.ts';
import type { ConnectionPool } from './connection-pool.ts';
import { acquire, runTransaction } from './transaction.ts';

/**
 * The database behind its edge. Each piece of work, taking a connection and each wait outside too, follows the
 * protections that are on when it begins: one that is switched on helps the transactions that are
 * open already. A call that was aborted ends between statements, and a statement that runs is cancelled in the server.
 */
export function createDatabase(pool: ConnectionPool, switchboard: Switchboard): Database {
  return {
    query(statement, call) {
      const edge = switchboard.edge('database-work');
      return edge.execute((passedOn) => runStatement(edge, pool, statement, passedOn), call);
    },
    transaction(work, call) {
      const edge = () => switchboard.edge('database-work');
      return edge().execute((passedOn) => runTransaction(edge, pool, work, passedOn), call);
    },
  };
}

async function runStatement<Row>(
  edge: Edge,
  pool: ConnectionPool,
  statement: Statement,
  call: Call,
): Promise<readonly Row[]> {
  const lease = await acquire(edge, pool, call);
  try {
    return await lease.query<Row>(statement, call.signal);
  } finally {
    lease.release();
  }
}
