import { describe, expect, it } from 'vitest';
import { createContext } from '../../test/support/failure-context.ts';
import { createCall, failureOf } from '../../test/support/layers.ts';
import { randomDelay } from './random-delay.ts';

async function drawnFor(draw: number): Promise<unknown> {
  const context = createContext({ random: () => draw });
  const answer = randomDelay.run({ min: 1, max: 3 }, context);
  await context.clock.advance(3000);
  return answer;
}

describe('random-delay', () => {
  it('draws uniformly between min and max and says what it drew', async () => {
    expect(await drawnFor(0)).toEqual({ delaySeconds: 1 });
    expect(await drawnFor(0.25)).toEqual({ delaySeconds: 1.5 });
    expect(await drawnFor(0.999999)).toEqual({ delaySeconds: 2.999998 });
  });

  it('waits as long as it says', async () => {
    const context = createContext();
    let isAnswered = false;
    void randomDelay.run({ min: 1, max: 3 }, context).then(() => (isAnswered = true));
    await context.clock.advance(1999);
    expect(isAnswered).toBe(false);
    await context.clock.advance(1);
    expect(isAnswered).toBe(true);
  });

  it('refuses a min above max, and waits exactly when they are equal', async () => {
    expect(await failureOf(randomDelay.run({ min: 3, max: 1 }, createContext()))).toMatchObject({
      code: 'INVALID_INPUT',
      faults: [{ field: 'min', received: 3, legal: 'number, 0 to max, which is 1' }],
    });
    const context = createContext();
    const answer = randomDelay.run({ min: 1, max: 1 }, context);
    await context.clock.advance(1000);
    expect(await answer).toEqual({ delaySeconds: 1 });
  });

  it('ends with its call', async () => {
    const controller = new AbortController();
    const context = createContext({ call: createCall({ signal: controller.signal }) });
    const outcome = failureOf(randomDelay.run({ min: 1, max: 3 }, context));
    controller.abort(new Error('gave up'));
    expect(await outcome).toEqual(new Error('gave up'));
    expect(context.clock.timers).toBe(0);
  });
});
