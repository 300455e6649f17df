import { expect, test } from 'vitest';
import { behaviourPorts } from '../../test/behaviour-ports.ts';
import { createManualClock } from '../../test/manual-clock.ts';
import type { Admission, Effect } from './behaviour.ts';
import { slots } from './slots.ts';

type Settings = Parameters<typeof slots.start>[0];

const staying = new AbortController().signal;

/** Slots whose requests write down, in order, what came of them. */
const setUp = (settings: Settings) => {
  const clock = createManualClock();
  const effect = slots.start(settings, behaviourPorts({ clock }));
  if (effect === undefined) throw new Error('no effect');
  const log: string[] = [];
  const ask = async (name: string, signal = staying): Promise<Admission | undefined> => {
    try {
      const admission = await effect.admit?.({ signal, arrivedMs: clock.monotonicMs() });
      log.push(admission === 'ended' ? `${name} ended` : name);
      return admission;
    } catch (error) {
      log.push(`${name} refused: ${(error as { code?: string }).code ?? String(error)}`);
      return undefined;
    }
  };
  return { effect, clock, log, ask };
};

const release = (admission: Admission | undefined) => {
  if (typeof admission !== 'function') throw new Error('holds no slot');
  admission();
};

const leaveAtOnce = (effect: Effect, clock = createManualClock()) =>
  effect.admit?.({ signal: AbortSignal.abort(new Error('left')), arrivedMs: clock.monotonicMs() });

test('without slots there is no effect', () => {
  expect(slots.start({}, behaviourPorts())).toBeUndefined();
});

test('waiters are served first in, first out, and one who leaves gives its place back', async () => {
  const { effect, log, ask } = setUp({ slots: 1 });
  const first = await ask('first');
  const second = ask('second');
  const leaver = new AbortController();
  const third = ask('third', leaver.signal);
  const fourth = ask('fourth');
  expect(effect.occupancy?.()).toEqual({ inUse: 1, waiting: 3 });

  leaver.abort(new Error('left'));
  await third;
  expect(effect.occupancy?.()).toEqual({ inUse: 1, waiting: 2 });

  release(first);
  release(await second);
  release(await fourth);
  expect(log).toEqual(['first', 'third refused: Error: left', 'second', 'fourth']);
  expect(effect.occupancy?.()).toEqual({ inUse: 0, waiting: 0 });
  expect(() => leaveAtOnce(effect)).toThrow('left');
});

test('last in, first out serves who came last', async () => {
  const { log, ask } = setUp({ slots: 1, queueDiscipline: 'lifo' });
  const first = await ask('first');
  const [second, third] = [ask('second'), ask('third')];
  release(first);
  release(await third);
  release(await second);
  expect(log).toEqual(['first', 'third', 'second']);
});

test('a request beyond the queue limit is refused with the time after which to try again', async () => {
  const { effect, ask } = setUp({ slots: 2, queueLimit: 1 });
  for (const name of ['first', 'second']) await ask(name);
  void ask('third');
  expect(() => effect.admit?.({ signal: staying, arrivedMs: 0 })).toThrow(
    expect.objectContaining({ code: 'queue-full', retryAfterSeconds: 1 }),
  );
});

test('CoDel refuses at the head of the queue who waited longer than twice the target while the queue stands', async () => {
  const { effect, clock, log, ask } = setUp({ slots: 1, queueDiscipline: 'codel' });
  let served: Promise<Admission | undefined> | undefined = ask('0');
  const waiters = ['a', 'b', 'c', 'd'].map((name) => ask(name));
  release(await served);
  await clock.advance(20);
  release(await waiters[0]); // b, after 20 ms: the wait of 0 before it says that the queue does not stand yet
  await clock.advance(101);
  release(await waiters[1]); // c, after 121 ms: the next interval, overloaded by now, lets its first one pass
  served = ask('e');
  await clock.advance(10);
  const late = ask('f');
  release(await waiters[2]); // d waited 131 ms and is refused; e waited 10 ms, which is not too long
  release(await served);
  release(await late);
  expect(log).toEqual(['0', 'a', 'b', 'c', 'd refused: queued-too-long', 'e', 'f']);
  expect(effect.occupancy?.()).toEqual({ inUse: 0, waiting: 0 });
});

test('CoDel refuses the whole of a queue that waited too long, and then the slot is free', async () => {
  const settings = { slots: 1, queueDiscipline: 'codel', codelTargetMs: 1, codelIntervalMs: 10 } as const;
  const { effect, clock, log, ask } = setUp(settings);
  const first = await ask('first');
  const [second, third] = [ask('second'), ask('third')];
  for (const name of ['fourth', 'fifth']) void ask(name);
  await clock.advance(50);
  release(first);
  await clock.advance(11);
  release(await second);
  await clock.advance(1);
  release(await third);
  await clock.advance(0);
  expect(log).toEqual([
    'first',
    'second',
    'third',
    'fourth refused: queued-too-long',
    'fifth refused: queued-too-long',
  ]);
  expect(effect.occupancy?.()).toEqual({ inUse: 0, waiting: 0 });
});

test('when cancelled requests are not dropped, who has left keeps its place and gets its slot', async () => {
  const { effect, log, ask } = setUp({ slots: 1, dropCancelled: false });
  const first = await ask('first');
  const leaver = new AbortController();
  const second = ask('second', leaver.signal);
  leaver.abort(new Error('left'));
  const third = ask('third', leaver.signal);
  expect(effect.occupancy?.()).toEqual({ inUse: 1, waiting: 2 });
  release(first);
  release(await second);
  release(await third);
  expect(log).toEqual(['first', 'second', 'third']);
});

test('when only work is stopped, who has left keeps its place, and is dropped when its turn comes', async () => {
  const { effect, log, ask } = setUp({ slots: 1, dropCancelled: false, stopCancelled: true });
  const first = await ask('first');
  const leaver = new AbortController();
  void ask('second', leaver.signal);
  const third = ask('third');
  leaver.abort(new Error('left'));
  expect(effect.occupancy?.()).toEqual({ inUse: 1, waiting: 2 });
  release(first);
  release(await third);
  expect(log).toEqual(['first', 'second refused: Error: left', 'third']);
});

test('work is finished for a client that has left when that is set, and by default when such requests are not dropped', () => {
  const finishes = (settings: Settings) => setUp({ slots: 1, ...settings }).effect.finishesCancelled;
  expect(finishes({})).toBe(false);
  expect(finishes({ dropCancelled: false })).toBe(true);
  expect(finishes({ dropCancelled: true, stopCancelled: false })).toBe(true);
  expect(finishes({ dropCancelled: false, stopCancelled: true })).toBe(false);
});

test.each(['fifo', 'lifo', 'codel'] as const)(
  'the end of the behaviour lets every waiter of a %s queue go on, in order',
  async (queueDiscipline) => {
    const { effect, clock, log, ask } = setUp({ slots: 1, queueDiscipline });
    const first = await ask('first');
    const waiters = [ask('second'), ask('third')];
    await clock.advance(500);
    effect.end?.();
    await Promise.all(waiters);
    release(first);
    expect(log).toEqual(['first', 'second ended', 'third ended']);
    expect(effect.occupancy?.()).toEqual({ inUse: 0, waiting: 0 });
  },
);
