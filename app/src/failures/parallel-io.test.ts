import { describe, expect, it } from 'vitest';
import { createContext } from '../../test/support/failure-context.ts';
import { createCall, failureOf, hang } from '../../test/support/layers.ts';
import { Problem } from '../errors.ts';
import type { Work } from '../kernel/call.ts';
import { parallelIo } from './parallel-io.ts';

/** A downstream whose n-th call, from 1, does this. */
function createDownstream(nth: (call: number) => Work<void>) {
  let calls = 0;
  return { call: (_path: string, call: Parameters<Work<void>>[0]) => nth((calls += 1))(call) };
}

const fine = (): Promise<void> => Promise.resolve();
const failWith = (failure: Error) => (): Promise<void> => Promise.reject(failure);

describe('parallel-io', () => {
  it('has all calls under way at once', async () => {
    let running = 0;
    let most = 0;
    const downstream = createDownstream(() => async () => {
      most = Math.max(most, (running += 1));
      await Promise.resolve();
      running -= 1;
    });
    expect(await parallelIo.run({ count: 5 }, createContext({ downstream }))).toEqual({ calls: 5 });
    expect(most).toBe(5);
  });

  it('fails with the code of the first problem when any call failed, and says how many did', async () => {
    const open = new Problem('CIRCUIT_OPEN', 'the breaker is open', { retryAfterSeconds: 7 });
    const error = new Problem('DOWNSTREAM_ERROR', 'it answered 500');
    const downstream = createDownstream((n) => (n === 2 ? failWith(open) : n === 4 ? failWith(error) : fine));
    expect(await failureOf(parallelIo.run({ count: 5 }, createContext({ downstream })))).toMatchObject({
      code: 'CIRCUIT_OPEN',
      message: '2 of 5 calls failed, the first: the breaker is open',
      retryAfterSeconds: 7,
    });
  });

  it('waits for all calls before it fails, so none goes on behind its back', async () => {
    let finishLast = (): void => {};
    const last = new Promise<void>((resolve) => (finishLast = resolve));
    const downstream = createDownstream((n) =>
      n === 1 ? failWith(new Problem('DOWNSTREAM_ERROR', 'broken')) : () => last,
    );
    let isOver = false;
    const outcome = failureOf(parallelIo.run({ count: 2 }, createContext({ downstream })));
    void outcome.then(() => (isOver = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    finishLast();
    expect(await outcome).toMatchObject({ code: 'DOWNSTREAM_ERROR' });
  });

  it('does not dress up an unexpected error', async () => {
    const unexpected = new TypeError('a bug');
    const downstream = createDownstream((n) =>
      failWith(n === 1 ? new Problem('DOWNSTREAM_ERROR', 'broken') : unexpected),
    );
    expect(await failureOf(parallelIo.run({ count: 2 }, createContext({ downstream })))).toBe(unexpected);
  });

  it('ends with its call', async () => {
    const controller = new AbortController();
    const call = createCall({ signal: controller.signal });
    const context = createContext({ call, downstream: createDownstream(() => hang) });
    const outcome = failureOf(parallelIo.run({ count: 5 }, context));
    controller.abort(new Problem('DEADLINE_EXCEEDED', 'too late'));
    expect(await outcome).toMatchObject({ code: 'DEADLINE_EXCEEDED', message: 'too late' });
  });
});
