import { expect, test } from 'vitest';
import type { Admission, Effect } from './behaviour.ts';
import { slots } from './slots.ts';

const start = (settings: { slots?: number; queueLimit?: number }): Effect => {
  const effect = slots.start(settings, () => 0);
  if (effect === undefined) throw new Error('no effect');
  return effect;
};

const staying = new AbortController().signal;

/** Asks for a slot and writes down what came of it, in order. */
const ask = async (
  effect: Effect,
  log: string[],
  name: string,
  signal = staying,
): Promise<Admission | undefined> => {
  const admission = await effect.admit?.(signal);
  log.push(admission === 'ended' ? `${name} ended` : name);
  return admission;
};

const release = (admission: Admission | undefined) => {
  if (typeof admission !== 'function') throw new Error('holds no slot');
  admission();
};

test('without slots there is no effect', () => {
  expect(slots.start({}, () => 0)).toBeUndefined();
});

test('waiters are served first in, first out, and one who leaves gives its place back', async () => {
  const effect = start({ slots: 1 });
  const log: string[] = [];
  const first = await ask(effect, log, 'first');
  const second = ask(effect, log, 'second');
  const leaver = new AbortController();
  const third = ask(effect, log, 'third', leaver.signal);
  const fourth = ask(effect, log, 'fourth');
  expect(effect.occupancy?.()).toEqual({ inUse: 1, waiting: 3 });

  leaver.abort(new Error('left'));
  await expect(third).rejects.toThrow('left');
  expect(effect.occupancy?.()).toEqual({ inUse: 1, waiting: 2 });

  release(first);
  release(await second);
  release(await fourth);
  expect(log).toEqual(['first', 'second', 'fourth']);
  expect(effect.occupancy?.()).toEqual({ inUse: 0, waiting: 0 });
});

test('a request beyond the queue limit is refused with the time after which to try again', async () => {
  const effect = start({ slots: 2, queueLimit: 1 });
  const log: string[] = [];
  await ask(effect, log, 'first');
  await ask(effect, log, 'second');
  void ask(effect, log, 'third');
  await expect(ask(effect, log, 'fourth')).rejects.toMatchObject({
    code: 'queue-full',
    retryAfterSeconds: 1,
  });
});

test('the end of the behaviour lets every waiter go on, in order', async () => {
  const effect = start({ slots: 1 });
  const log: string[] = [];
  const first = await ask(effect, log, 'first');
  const waiters = [ask(effect, log, 'second'), ask(effect, log, 'third')];
  effect.end?.();
  await Promise.all(waiters);
  release(first);
  expect(log).toEqual(['first', 'second ended', 'third ended']);
  expect(effect.occupancy?.()).toEqual({ inUse: 0, waiting: 0 });
});

test('a queue limit without slots is a fault', () => {
  expect(slots.check?.({ queueLimit: 3 })).toMatchObject([{ field: 'queueLimit', received: 3 }]);
  expect(slots.check?.({ queueLimit: 3, slots: 1 })).toEqual([]);
});
