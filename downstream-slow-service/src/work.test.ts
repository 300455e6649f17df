import { expect, test } from 'vitest';
import { createTestService } from '../test/test-service.ts';
import { settle } from '../test/manual-clock.ts';
import { slow } from './endpoints/slow.ts';
import { performWork } from './work.ts';

const staying = new AbortController().signal;

const setUp = async () => {
  const service = await createTestService();
  const finished: string[] = [];
  const begin = async (name: string, signal: AbortSignal = staying) => {
    const done = await performWork(slow, { delay: 1 }, signal, service);
    finished.push(name);
    return done;
  };
  return { ...service, finished, begin };
};

test('two slots serve two requests at once, the third waits for the first free slot', async () => {
  const { board, clock, finished, begin } = await setUp();
  board.set({ slots: 2, ttlMs: 60_000 });
  const requests = [begin('first'), begin('second'), begin('third')];
  await settle();
  expect(board.state()).toMatchObject({ slotsInUse: 2, slotsWaiting: 1 });
  await clock.advance(1000);
  expect(finished).toEqual(['first', 'second']);
  await clock.advance(1000);
  expect(await requests[2]).toMatchObject({ queuedMs: 1000, durationMs: 2000, behaviourActive: true });
  expect(board.state()).toMatchObject({ slotsInUse: 0, slotsWaiting: 0 });
});

test('a client that leaves while it is served ends the wait and hands its slot on', async () => {
  const { board, clock, finished, begin } = await setUp();
  board.set({ slots: 1, ttlMs: 60_000 });
  const leaver = new AbortController();
  const first = begin('first', leaver.signal);
  const second = begin('second');
  await clock.advance(400);
  leaver.abort(new Error('left'));
  await expect(first).rejects.toThrow('left');
  await clock.advance(1000);
  expect(await second).toMatchObject({ queuedMs: 400 });
  expect(finished).toEqual(['second']);
});

test('a client that leaves the queue gives its place back', async () => {
  const { board, clock, begin } = await setUp();
  board.set({ slots: 1, queueLimit: 1, ttlMs: 60_000 });
  const leaver = new AbortController();
  const first = begin('first');
  const second = begin('second', leaver.signal);
  await settle();
  leaver.abort(new Error('left'));
  await expect(second).rejects.toThrow('left');
  const third = begin('third');
  await clock.advance(2000);
  expect(await Promise.all([first, third])).toHaveLength(2);
});

test('who waits in the queue goes on at once when the time to live is over', async () => {
  const { board, clock, finished, begin } = await setUp();
  board.set({ slots: 1, delayMs: 10_000, ttlMs: 500 });
  const first = begin('first');
  const second = begin('second');
  await clock.advance(1500);
  expect(await second).toMatchObject({ queuedMs: 500, durationMs: 1500, behaviourActive: false });
  expect(finished).toEqual(['second']);
  await clock.advance(8500);
  await first;
});

test('who waits in the queue of a replaced behaviour queues again in the new one', async () => {
  const { board, clock, begin } = await setUp();
  board.set({ slots: 1, ttlMs: 60_000 });
  const requests = ['first', 'second', 'third', 'fourth'].map((name) => begin(name));
  await settle();
  board.set({ slots: 2, ttlMs: 60_000 });
  await settle();
  expect(board.state()).toMatchObject({ slotsInUse: 2, slotsWaiting: 1 });
  await clock.advance(2000);
  expect(await Promise.all(requests)).toHaveLength(4);
});

test('a drawn failure comes after the wait and gives the slot back', async () => {
  const { board, clock, begin } = await setUp();
  board.set({ slots: 1, failureRatio: 1, delayMs: 300, ttlMs: 60_000 });
  const outcome = begin('first').catch((error: unknown) => error);
  await clock.advance(299);
  expect(board.state().slotsInUse).toBe(1);
  await clock.advance(1);
  expect(await outcome).toMatchObject({ code: 'drawn-failure' });
  expect(board.state().slotsInUse).toBe(0);
});
