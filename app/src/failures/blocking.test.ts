import { describe, expect, it } from 'vitest';
import { createContext } from '../../test/support/failure-context.ts';
import { blocking } from './blocking.ts';

describe('blocking', () => {
  it('looks at the clock until duration seconds are over, and lets nothing else run meanwhile', async () => {
    let nowMs = 1000;
    let looks = 0;
    const nowMsAtEachLook = (): number => {
      looks += 1;
      return (nowMs += 100);
    };
    const context = createContext();
    let hasRun = false;
    void Promise.resolve().then(() => (hasRun = true));
    const answer = blocking.run(
      { duration: 2 },
      { ...context, clock: { ...context.clock, nowMs: nowMsAtEachLook } },
    );
    expect([looks, hasRun]).toEqual([21, false]);
    expect(await answer).toEqual({ blockedSeconds: 2 });
  });

  it('does not block at all for 0 seconds', async () => {
    expect(await blocking.run({ duration: 0 }, createContext())).toEqual({ blockedSeconds: 0 });
  });
});
