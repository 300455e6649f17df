import { describe, expect, it } from 'vitest';
import { createCall, createLayer, failureOf } from '../../test/support/layers.ts';
import { settle } from '../../test/support/manual-clock.ts';
import { BARE_EDGE, composeEdge } from '../edges.ts';
import { acquireTimeout } from '../protections/acquire-timeout.ts';
import type { Lease } from '../protections/protection.ts';
import { statementTimeout } from '../protections/statement-timeout.ts';
import type { ConnectionPool } from './connection-pool.ts';
import { acquire, runTransaction } from './transaction.ts';

/** A pool with one connection, which notes what happens to it; statements in `failing` fail. */
function createPool(...failing: string[]) {
  const seen: string[] = [];
  let isFree = true;
  const lease: Lease = {
    query: ({ text }) => {
      seen.push(text);
      return failing.includes(text) ? Promise.reject(new Error(`no ${text}`)) : Promise.resolve([]);
    },
    setSession: () => {},
    release(error) {
      isFree = true;
      seen.push(error === undefined ? 'released' : 'released as broken');
    },
  };
  const take = (): Promise<Lease> => {
    if (!isFree) return Promise.reject(new Error('the only connection is taken'));
    isFree = false;
    return Promise.resolve(lease);
  };
  return { pool: { take } as unknown as ConnectionPool, lease, seen };
}

const run = (pool: ConnectionPool, ...texts: string[]): Promise<string> =>
  runTransaction(
    () => BARE_EDGE,
    pool,
    async (transaction) => {
      for (const text of texts) await transaction.query({ text });
      return 'done';
    },
    createCall(),
  );

describe('a transaction', () => {
  it('commits and gives the connection back; without a statement it takes none', async () => {
    const { pool, seen } = createPool();
    expect(await run(pool)).toBe('done');
    expect(seen).toEqual([]);
    expect(await run(pool, 'ONE', 'TWO')).toBe('done');
    expect(seen).toEqual(['BEGIN', 'ONE', 'TWO', 'COMMIT', 'released']);
  });

  it('gives its connection back as broken when its begin, its commit or its rollback failed', async () => {
    for (const [failing, expected] of [
      [['BEGIN'], ['BEGIN', 'released as broken']],
      [['COMMIT'], ['BEGIN', 'ONE', 'COMMIT', 'released as broken']],
      [
        ['ONE', 'ROLLBACK'],
        ['BEGIN', 'ONE', 'ROLLBACK', 'released as broken'],
      ],
    ] as const) {
      const { pool, seen } = createPool(...failing);
      expect(await failureOf(run(pool, 'ONE'))).toEqual(new Error(`no ${failing[0]}`));
      expect(seen).toEqual(expected);
    }
  });

  it('is never acknowledged when a statement failed, though its handler went on', async () => {
    const { pool, seen } = createPool('ONE');
    const result = runTransaction(
      () => BARE_EDGE,
      pool,
      async (transaction) => {
        await transaction.query({ text: 'ONE' }).catch(() => []);
        return 'done';
      },
      createCall(),
    );
    expect(await failureOf(result)).toEqual(new Error('no ONE'));
    expect(seen).toEqual(['BEGIN', 'ONE', 'ROLLBACK', 'released']);
  });

  it('takes one connection, also when its first statements are asked for at once', async () => {
    const { pool, seen } = createPool();
    await runTransaction(
      () => BARE_EDGE,
      pool,
      (transaction) => Promise.all([transaction.query({ text: 'ONE' }), transaction.query({ text: 'TWO' })]),
      createCall(),
    );
    expect(seen).toEqual(['BEGIN', 'ONE', 'TWO', 'COMMIT', 'released']);
  });
});

describe('a connection that is handed out while its call is aborted', () => {
  it.each(['before', 'after'])('goes back to the pool when it comes %s the abort', async (moment) => {
    const { lease, seen } = createPool();
    const edge = composeEdge([createLayer(acquireTimeout).layer, createLayer(statementTimeout).layer]);
    let handOut = (_lease: Lease): void => {};
    const take = (): Promise<Lease> => new Promise((resolve) => (handOut = resolve));
    const controller = new AbortController();
    const failure = failureOf(
      acquire(edge, { take } as unknown as ConnectionPool, createCall({ signal: controller.signal })),
    );
    if (moment === 'before') handOut(lease);
    controller.abort(new Error('client left'));
    expect(await failure).toEqual(new Error('client left'));
    if (moment === 'after') handOut(lease);
    await settle();
    expect(seen).toEqual(['released']);
  });
});
