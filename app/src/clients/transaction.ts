import type { Edge } from '../edges.ts';
import type { Transaction } from '../failures/failure.ts';
import type { Call } from '../kernel/call.ts';
import { reasonOf } from '../kernel/clock.ts';
import type { Lease } from '../protections/protection.ts';
import type { ConnectionPool } from './connection-pool.ts';

/**
 * Takes a connection through the edge. The edge may give up in the very moment in which the pool hands one out: that
 * one is given back here, it would be lost to everybody.
 */
export async function acquire(edge: Edge, pool: ConnectionPool, call: Call): Promise<Lease> {
  let isOver = false;
  let taken: Lease | undefined;
  try {
    return await edge.acquire(async (passedOn) => {
      taken = await pool.take(passedOn);
      if (isOver) taken.release();
      return taken;
    }, call);
  } catch (error) {
    isOver = true;
    taken?.release();
    throw error;
  }
}

/** Runs `work` in a transaction, which begins with its first statement. See `Database.transaction`. */
export async function runTransaction<T>(
  edge: () => Edge,
  pool: ConnectionPool,
  work: (transaction: Transaction) => Promise<T>,
  call: Call,
): Promise<T> {
  let begun: Promise<Lease> | undefined;
  let failure: { readonly error: unknown } | undefined;

  const commit = async (): Promise<boolean> => {
    // PostgreSQL answers COMMIT without an error when a statement has failed before, and rolls back.
    if (failure !== undefined) throw failure.error;
    const lease = await takeOver();
    if (lease === undefined) return false;
    await end(lease, 'COMMIT');
    return true;
  };
  /** From here on the connection is no longer the transaction's. */
  const takeOver = (): Promise<Lease> | undefined => {
    const lease = begun;
    begun = undefined;
    return lease;
  };
  const transaction: Transaction = {
    async query(statement) {
      if (call.signal.aborted) throw reasonOf(call.signal);
      begun ??= begin(edge(), pool, call);
      try {
        return await (await begun).query(statement, call.signal);
      } catch (error) {
        failure ??= { error };
        throw error;
      }
    },
    outside: (outsideWork) => edge().outside(outsideWork, { giveBack: commit }),
  };

  try {
    const result = await work(transaction);
    await commit();
    return result;
  } catch (error) {
    const lease = await takeOver()?.catch(() => undefined);
    // A rollback that fails says nothing new: the connection is closed then, which rolls back too.
    if (lease !== undefined) await end(lease, 'ROLLBACK').catch(() => {});
    throw error;
  }
}

async function begin(edge: Edge, pool: ConnectionPool, call: Call): Promise<Lease> {
  const lease = await acquire(edge, pool, call);
  try {
    await lease.query({ text: 'BEGIN' });
    return lease;
  } catch (error) {
    giveBackBroken(lease, error);
    throw error;
  }
}

async function end(lease: Lease, text: 'COMMIT' | 'ROLLBACK'): Promise<void> {
  try {
    await lease.query({ text });
  } catch (error) {
    giveBackBroken(lease, error);
    throw error;
  }
  lease.release();
}

/** Nobody knows whether a transaction is open on it: the next one must not find itself in there. */
function giveBackBroken(lease: Lease, cause: unknown): void {
  lease.release(new Error('a transaction may be open on it', { cause }));
}
