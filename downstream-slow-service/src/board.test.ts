import { expect, test } from 'vitest';
import { createManualClock } from '../test/manual-clock.ts';
import { createBoard } from './board.ts';
import { loadBehaviours } from './service.ts';

const createTestBoard = async () => {
  const clock = createManualClock();
  const limits = { maxDelaySeconds: 300, maxTtlMs: 600_000 };
  return { clock, board: createBoard({ clock, behaviours: await loadBehaviours(), limits, seed: 1 }) };
};

test('a behaviour is in force until its time to live is over, and then as if never set', async () => {
  const { board, clock } = await createTestBoard();
  const before = board.state();
  board.set({ delayMs: 10, ttlMs: 1000 });
  await clock.advance(999);
  expect(board.state()).toMatchObject({
    active: true,
    behaviour: { delayMs: 10, ttlMs: 1000 },
    remainingMs: 1,
  });
  await clock.advance(1);
  expect(board.state()).toEqual(before);
  expect(board.current().isSet).toBe(false);
});

test('a new behaviour replaces the old one with its time to live', async () => {
  const { board, clock } = await createTestBoard();
  board.set({ delayMs: 10, ttlMs: 1000 });
  await clock.advance(500);
  board.set({ failureRatio: 0.5, ttlMs: 2000 });
  await clock.advance(1999);
  expect(board.state()).toMatchObject({ behaviour: { failureRatio: 0.5, ttlMs: 2000 }, remainingMs: 1 });
});

test('removing a behaviour leaves no timer behind', async () => {
  const { board, clock } = await createTestBoard();
  board.set({ delayMs: 10, ttlMs: 1000 });
  board.clear();
  await clock.advance(0);
  expect(board.state()).toMatchObject({ active: false, behaviour: null, remainingMs: null });
  expect(clock.sleeping()).toBe(0);
});

test('the same seed draws the same failures, delays and numbers again', async () => {
  const { board } = await createTestBoard();
  const draw = (seed: number) => {
    board.set({ failureRatio: 0.5, delayMs: 10, delayDistribution: 'exponential', ttlMs: 1000, seed });
    const { effects, random } = board.current();
    const failures = Array.from({ length: 40 }, () => effects.map((effect) => effect.failure?.()));
    const delays = Array.from({ length: 10 }, () => effects.map((effect) => effect.delayMs?.(0)));
    return { failures, delays, numbers: Array.from({ length: 10 }, random('random')) };
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(8)).not.toEqual(draw(7));
});

test('clearing starts the draws of the service again', async () => {
  const { board } = await createTestBoard();
  const draw = () => Array.from({ length: 10 }, () => board.current().random('random')());
  const first = draw();
  expect(draw()).not.toEqual(first);
  board.clear();
  expect(draw()).toEqual(first);
});

test('a setting that needs another one is refused, and what was set stays', async () => {
  const { board } = await createTestBoard();
  board.set({ delayMs: 10, ttlMs: 1000 });
  expect(() => board.set({ queueLimit: 5, ttlMs: 1000 })).toThrow(
    expect.objectContaining({
      code: 'bad-setting',
      faults: [expect.objectContaining({ field: 'queueLimit' })],
    }),
  );
  expect(board.state().behaviour).toEqual({ delayMs: 10, ttlMs: 1000 });
});
