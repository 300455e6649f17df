import { describe, expect, it } from 'vitest';
import { createContext, type ContextUnderTest } from '../../test/support/failure-context.ts';
import { createCalmReadings, createCall, failureOf } from '../../test/support/layers.ts';
import { settle } from '../../test/support/manual-clock.ts';
import { clearMemory } from './clear-memory.ts';

/** A process of 200 MB that keeps `keptMb` of them. */
function createSubject(keptMb: number, signal = new AbortController().signal) {
  const state = { rssMb: 200, collections: 0 };
  const readings = {
    ...createCalmReadings(),
    residentBytes: () => state.rssMb * 1e6,
    collectGarbage: () => void (state.collections += 1),
  };
  const { cache: refuse, ...rest } = createContext({ readings, call: createCall({ signal }) });
  const context: ContextUnderTest = { ...rest, cache: { ...refuse, clearKept: () => keptMb * 1e6 } };
  return { state, clock: rest.clock, run: () => clearMemory.run({}, context) };
}

describe('clear-memory', () => {
  it('forces a garbage collection and answers when RSS has fallen and falls no more', async () => {
    const { state, clock, run } = createSubject(100);
    let isAnswered = false;
    const answer = run();
    void answer.then(() => (isAnswered = true));
    expect(state.collections).toBe(1);
    state.rssMb = 111;
    await clock.advance(1000);
    expect(isAnswered).toBe(false);
    state.rssMb = 110;
    await clock.advance(20);
    expect(isAnswered).toBe(false);
    state.rssMb = 103;
    await clock.advance(20);
    expect(isAnswered).toBe(false);
    await clock.advance(20);
    expect(await answer).toMatchObject({
      clearedBytes: 100e6,
      hasFallen: true,
      rssBeforeBytes: 200e6,
      rssAfterBytes: 103e6,
    });
  });

  it('answers after 2 s when it has not, and says so', async () => {
    const { clock, run } = createSubject(100);
    let isAnswered = false;
    const answer = run();
    void answer.then(() => (isAnswered = true));
    await clock.advance(1980);
    expect(isAnswered).toBe(false);
    await clock.advance(20);
    expect(await answer).toMatchObject({ hasFallen: false, rssAfterBytes: 200e6 });
  });

  it('answers at once when nothing was kept, after a collection all the same', async () => {
    const { state, run } = createSubject(0);
    expect(await run()).toMatchObject({ clearedBytes: 0, hasFallen: true });
    expect(state.collections).toBe(1);
  });

  it('ends with its call', async () => {
    const controller = new AbortController();
    const { clock, run } = createSubject(100, controller.signal);
    const failure = failureOf(run());
    await settle();
    controller.abort(new Error('enough'));
    expect(await failure).toEqual(new Error('enough'));
    expect(clock.timers).toBe(0);
  });
});
