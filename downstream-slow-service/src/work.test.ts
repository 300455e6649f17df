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

test('without dropping, work goes on for clients that have left, takes its slot for all its time, and is counted', async () => {
  const { board, clock, tally, finished, begin } = await setUp();
  board.set({ slots: 1, dropCancelled: false, ttlMs: 60_000 });
  const leaver = new AbortController();
  const requests = [begin('served', leaver.signal), begin('queued', leaver.signal), begin('alive')];
  await clock.advance(400);
  leaver.abort(new Error('left'));
  void begin('born dead', leaver.signal);
  await clock.advance(1599);
  expect(board.state()).toMatchObject({ slotsInUse: 1, slotsWaiting: 2 });
  expect([finished, tally.wastedWork]).toEqual([['served'], 1]);
  await clock.advance(1);
  expect([finished, tally.wastedWork]).toEqual([['served', 'queued'], 2]);
  await clock.advance(2000);
  expect(await requests[2]).toMatchObject({ queuedMs: 2000, durationMs: 3000 });
  expect([finished, tally.wastedWork]).toEqual([['served', 'queued', 'alive', 'born dead'], 3]);
  expect(board.state()).toMatchObject({ slotsInUse: 0, slotsWaiting: 0 });
});

test('work that is not stopped is finished, while who waits still leaves the queue', async () => {
  const { board, clock, tally, finished, begin } = await setUp();
  board.set({ slots: 1, stopCancelled: false, ttlMs: 60_000 });
  const leaver = new AbortController();
  void begin('served', leaver.signal);
  const queued = begin('queued', leaver.signal);
  await clock.advance(400);
  leaver.abort(new Error('left'));
  await expect(queued).rejects.toThrow('left');
  expect(board.state()).toMatchObject({ slotsInUse: 1, slotsWaiting: 0 });
  await clock.advance(600);
  expect([finished, tally.wastedWork]).toEqual([['served'], 1]);
});

test('dead requests in the queue outlive a change of the behaviour, and end with the last that serves them', async () => {
  const { board, clock, finished, begin } = await setUp();
  const settings = { slots: 1, dropCancelled: false, ttlMs: 60_000 };
  board.set({ ...settings, slowdownFactor: 4 });
  const leaver = new AbortController();
  const served = begin('served');
  const requests = ['one', 'two', 'three'].map((name) => begin(name, leaver.signal).catch(String));
  await settle();
  leaver.abort(new Error('left'));
  board.set(settings);
  await settle();
  expect(board.state()).toMatchObject({ slotsInUse: 1, slotsWaiting: 2 });
  await clock.advance(1000);
  expect(finished).toEqual(['one']);
  board.clear();
  await clock.advance(3000);
  await served;
  expect(finished).toEqual(['one', 'two', 'served']);
  expect(await requests[2]).toBe('Error: left');
});

test('CoDel counts the wait from the arrival, in whichever behaviour it began', async () => {
  const { board, clock, tally, begin } = await setUp();
  board.set({ slots: 1, delayMs: 500, ttlMs: 60_000 });
  const outcomes = Array.from({ length: 5 }, (_, index) => begin(`${index}`).catch((error) => error.code));
  await clock.advance(400);
  board.set({ slots: 2, delayMs: 10, queueDiscipline: 'codel', ttlMs: 60_000 });
  await clock.advance(3000);
  const refused = (await Promise.all(outcomes)).filter((outcome) => outcome === 'queued-too-long');
  expect(refused).toHaveLength(1);
  expect(tally.rejections).toEqual({ 'queue-full': 0, codel: 1 });
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

test('who hangs keeps its slot until the time to live is over, and is answered then', async () => {
  const { board, clock, tally, begin } = await setUp();
  board.set({ slots: 1, failureRatio: 1, failureKind: 'hang', delayMs: 300, ttlMs: 5000 });
  const hanging = begin('first');
  await clock.advance(4999);
  expect(board.state().slotsInUse).toBe(1);
  await clock.advance(1);
  expect(await hanging).toMatchObject({ ending: 'answer', durationMs: 5000 });
  expect(tally.failures).toEqual({ error: 0, reset: 0, hang: 1, truncated: 0 });
});

test('who hangs stops when its client leaves, and not before the behaviour does when work is finished anyway', async () => {
  const { board, clock, begin } = await setUp();
  const hang = { slots: 1, failureRatio: 1, failureKind: 'hang', delayMs: 300, ttlMs: 5000 };
  for (const [dropCancelled, slotsInUse] of [
    [true, 0],
    [false, 1],
  ] as const) {
    board.set({ ...hang, dropCancelled });
    const leaver = new AbortController();
    const outcome = begin('first', leaver.signal).catch(String);
    await clock.advance(1000);
    leaver.abort(new Error('left'));
    await settle();
    expect(board.state().slotsInUse).toBe(slotsInUse);
    board.clear();
    await outcome;
  }
});
