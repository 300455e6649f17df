import type { Edge } from '../edges.ts';
import type { Database, Transaction } from '../failures/failure.ts';
import type { Call } from '../kernel/call.ts';
import { reasonOf } from '../kernel/clock.ts';
import type { Statement } from '../kernel/statement.ts';
import type { Lease } from '../protections/protection.ts';
import type { Switchboard } from '../switchboard.ts';
import type { ConnectionPool } from './connection-pool.ts';

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
  const lease = await edge.acquire(pool.take, call);
  try {
    return await lease.query<Row>(statement, call.signal);
  } finally {
    lease.release();
  }
}

async function runTransaction<T>(
  edge: () => Edge,
  pool: ConnectionPool,
  work: (transaction: Transaction) => Promise<T>,
  call: Call,
): Promise<T> {
  let lease: Lease | undefined;

  const begun = async (): Promise<Lease> => {
    if (lease !== undefined) return lease;
    lease = await edge().acquire(pool.take, call);
    await lease.query({ text: 'BEGIN' });
    return lease;
  };
  const end = async (text: 'COMMIT' | 'ROLLBACK'): Promise<boolean> => {
    const ending = lease;
    lease = undefined;
    if (ending === undefined) return false;
    try {
      await ending.query({ text });
    } finally {
      ending.release();
    }
    return true;
  };
  const transaction: Transaction = {
    async query(statement) {
      if (call.signal.aborted) throw reasonOf(call.signal);
      return (await begun()).query(statement, call.signal);
    },
    outside: (outsideWork) => edge().outside(outsideWork, { giveBack: () => end('COMMIT') }),
  };

  try {
    const result = await work(transaction);
    await end('COMMIT');
    return result;
  } catch (error) {
    // A rollback that fails says nothing new: its connection is broken, and pg drops it from the pool.
    await end('ROLLBACK').catch(() => false);
    throw error;
  }
}
