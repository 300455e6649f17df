import { describe, expect, it } from 'vitest';
import { createContext } from '../../test/support/failure-context.ts';
import { createCall, failureOf } from '../../test/support/layers.ts';
import { slow } from './slow.ts';

describe('slow', () => {
  it('answers after delay seconds and not before', async () => {
    const context = createContext();
    let answer: unknown;
    void slow.run({ delay: 2.5 }, context).then((value) => (answer = value));
    await context.clock.advance(2499);
    expect(answer).toBeUndefined();
    await context.clock.advance(1);
    expect(answer).toEqual({ delaySeconds: 2.5 });
  });

  it('ends with its call, and leaves no timer behind', async () => {
    const controller = new AbortController();
    const context = createContext({ call: createCall({ signal: controller.signal }) });
    const outcome = failureOf(slow.run({ delay: 60 }, context));
    controller.abort(new Error('gave up'));
    expect(await outcome).toEqual(new Error('gave up'));
    expect(context.clock.timers).toBe(0);
  });
});
