import { describe, expect, it } from 'vitest';
import { createCall, createLayer, failureOf, hang } from '../../test/support/layers.ts';
import { settle } from '../../test/support/manual-clock.ts';
import type { Call, Work } from '../kernel/call.ts';
import { singleFlight } from './single-flight.ts';

function createFlights() {
  const { layer, events } = createLayer(singleFlight);
  const { load } = layer;
  if (load === undefined) throw new Error('it has no load');
  return { load, events };
}

/** Work that a test ends, and that counts how often it was begun. */
function createLoad() {
  let resolve: (value: string) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const calls: Call[] = [];
  const work: Work<string> = (call) => {
    calls.push(call);
    return new Promise((onValue, onError) => {
      resolve = onValue;
      reject = onError;
      call.signal.addEventListener('abort', () => onError(call.signal.reason as Error));
    });
  };
  return { work, calls, finish: () => resolve('made'), fail: (error: Error) => reject(error) };
}

function createCaller() {
  const controller = new AbortController();
  return {
    call: createCall({ signal: controller.signal }),
    leave: () => controller.abort(new Error('left')),
  };
}

describe('single-flight', () => {
  it('loads once for all who want the key at the same time, and anew afterwards', async () => {
    const { load, events } = createFlights();
    const one = createLoad();
    const all = [1, 2, 3].map(() => load('a', one.work, createCall()));
    await settle();
    one.finish();
    expect(await Promise.all(all)).toEqual(['made', 'made', 'made']);
    expect(one.calls).toHaveLength(1);
    await expect(load('a', () => Promise.resolve('next'), createCall())).resolves.toBe('next');
    expect(events).toEqual(['loaded', 'shared', 'shared', 'loaded']);
  });

  it('keeps keys apart', async () => {
    const { load, events } = createFlights();
    const results = [
      load('a', () => Promise.resolve(1), createCall()),
      load('b', () => Promise.resolve(2), createCall()),
    ];
    expect(await Promise.all(results)).toEqual([1, 2]);
    expect(events).toEqual(['loaded', 'loaded']);
  });

  it('hands a failure to all who wait, and tries again for the next one', async () => {
    const { load } = createFlights();
    const one = createLoad();
    const all = [1, 2].map(() => failureOf(load('a', one.work, createCall())));
    await settle();
    const error = new Error('broken');
    one.fail(error);
    expect(await Promise.all(all)).toEqual([error, error]);
    await expect(load('a', () => Promise.resolve('next'), createCall())).resolves.toBe('next');
  });

  it('goes on when the caller that came first leaves', async () => {
    const { load, events } = createFlights();
    const one = createLoad();
    const [first, second] = [createCaller(), createCaller()];
    const left = failureOf(load('a', one.work, first.call));
    const stays = load('a', one.work, second.call);
    await settle();
    first.leave();
    expect(await left).toEqual(new Error('left'));
    expect(one.calls[0]?.signal.aborted).toBe(false);
    one.finish();
    expect(await stays).toBe('made');
    expect(one.calls).toHaveLength(1);
    expect(events).toEqual(['loaded', 'shared']);
  });

  it('lets each waiter leave with its own signal', async () => {
    const { load } = createFlights();
    const one = createLoad();
    const waiter = createCaller();
    const stays = load('a', one.work, createCall());
    const left = failureOf(load('a', one.work, waiter.call));
    await settle();
    waiter.leave();
    expect(await left).toEqual(new Error('left'));
    one.finish();
    expect(await stays).toBe('made');
  });

  it('ends the load when all have left, and whoever comes then loads anew', async () => {
    const { load, events } = createFlights();
    const one = createLoad();
    const callers = [createCaller(), createCaller()];
    const all = callers.map(({ call }) => failureOf(load('a', one.work, call)));
    await settle();
    for (const { leave } of callers) leave();
    expect(await Promise.all(all)).toEqual([new Error('left'), new Error('left')]);
    expect(one.calls[0]?.signal.reason).toEqual(new Error('left'));
    await expect(load('a', () => Promise.resolve('next'), createCall())).resolves.toBe('next');
    expect(events.filter((event) => event === 'abandoned')).toHaveLength(1);
  });

  it('tells the work the route, and nothing else of the request that came first', async () => {
    const { load } = createFlights();
    const seen: Call[] = [];
    const work = (call: Call): Promise<number> => Promise.resolve(seen.push(call));
    await load('a', work, createCall({ route: '/its-route', attempt: 2 }));
    expect(seen).toEqual([{ route: '/its-route', signal: expect.any(AbortSignal) }]);
  });

  it('does not begin for a caller that has left already', async () => {
    const { load, events } = createFlights();
    const caller = createCaller();
    caller.leave();
    expect(await failureOf(load('a', hang, caller.call))).toEqual(new Error('left'));
    expect(events).toEqual([]);
  });
});
