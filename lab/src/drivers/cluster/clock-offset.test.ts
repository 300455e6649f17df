import { expect, it } from 'vitest';
import { measureOffset } from './clock-offset.ts';

/** A clock 5000 ms ahead of ours, and for each reading the time that question and answer are on their way. */
function measure(ways: readonly (readonly [outMs: number, backMs: number])[]) {
  let nowMs = 1000;
  const left = [...ways];
  return measureOffset({
    ourMonotonicMs: () => nowMs,
    readTheirsMs: () => {
      const [outMs, backMs] = left.shift() ?? [0, 0];
      const theirsMs = nowMs + outMs + 5000;
      nowMs += outMs + backMs;
      return Promise.resolve(theirsMs);
    },
    readings: ways.length,
  });
}

it('knows the offset where both ways take as long, and half of the round trip as its uncertainty', async () => {
  expect(await measure([[4, 4]])).toEqual({ offsetMs: 5000, uncertaintyMs: 4 });
});

it('keeps the quickest of several readings', async () => {
  const ways = [
    [80, 3],
    [2, 1],
    [9, 40],
  ] as const;
  const { offsetMs, uncertaintyMs } = await measure(ways);
  expect(uncertaintyMs).toBe(1.5);
  expect(Math.abs(offsetMs - 5000)).toBeLessThanOrEqual(uncertaintyMs);
});

it('is wrong by no more than its uncertainty when all of the time was spent on one way', async () => {
  for (const ways of [[[10, 0]], [[0, 10]]] as const) {
    const { offsetMs, uncertaintyMs } = await measure(ways);
    expect(Math.abs(offsetMs - 5000)).toBe(uncertaintyMs);
  }
});
