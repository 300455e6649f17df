import { describe, expect, it } from 'vitest';
import { createContext } from '../../test/support/failure-context.ts';
import { createCall, failureOf, hang } from '../../test/support/layers.ts';
import { timeoutTrap } from './timeout-trap.ts';

describe('timeout-trap', () => {
  it('calls the trap once and answers when that does', async () => {
    const called: string[] = [];
    const downstream = {
      call: (path: string) => {
        called.push(path);
        return Promise.resolve();
      },
    };
    expect(await timeoutTrap.run({}, createContext({ downstream }))).toEqual({ calls: 1 });
    expect(called).toEqual(['/timeout-trap']);
  });

  it('sets no time limit of its own, and ends with its call', async () => {
    const controller = new AbortController();
    const call = createCall({ signal: controller.signal });
    const context = createContext({ call, downstream: { call: (_path, passedOn) => hang(passedOn) } });
    const outcome = failureOf(timeoutTrap.run({}, context));
    await context.clock.advance(3_600_000);
    expect(context.clock.timers).toBe(0);
    controller.abort(new Error('gave up'));
    expect(await outcome).toEqual(new Error('gave up'));
  });
});
