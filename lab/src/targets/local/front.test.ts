import { expect, it } from 'vitest';
import { createHandClock } from '../../../test/fakes/hand-clock.ts';
import { followEndpoints } from './front.ts';
import type { Balancer } from './relay/balancer.ts';
import type { ReplicaSet } from './replica-set.ts';

/** Two replicas whose readiness the test turns, and what the balancer was told. */
async function begin(endpointDelayMs?: number) {
  const told: string[] = [];
  const isReady = [true, false];
  const listeners: (() => void)[] = [];
  const replicas = isReady.map((_, index) => ({
    address: { name: `backend-${index + 1}`, url: `http://127.0.0.1:${index + 1}`, controlUrl: '' },
    get isReady() {
      return isReady[index];
    },
  }));
  const set = { replicas, onChange: (listener: () => void) => listeners.push(listener) };
  const setEndpoints: Balancer['setEndpoints'] = (endpoints) => {
    told.push(endpoints.map(({ port }) => port).join());
    return Promise.resolve();
  };
  const clock = createHandClock(0);
  const ending = new AbortController();
  await followEndpoints(
    { setEndpoints } as Balancer,
    set as unknown as ReplicaSet,
    { level: 'connection', ...(endpointDelayMs !== undefined && { endpointDelayMs }) },
    clock,
    ending.signal,
  );
  const turn = (one: boolean, other: boolean): void => {
    isReady.splice(0, 2, one, other);
    listeners.forEach((listener) => listener());
  };
  return { told, turn, clock, ending };
}

it('the balancer begins with the replicas that are ready', async () => {
  const { told } = await begin();
  expect(told).toEqual(['1']);
});

it('a change reaches the balancer after the delay, once', async () => {
  const { told, turn, clock } = await begin(1000);
  turn(true, true);
  await clock.advance(999);
  expect(told).toEqual(['1']);
  await clock.advance(1);
  turn(true, true);
  await clock.advance(1000);
  expect(told).toEqual(['1', '1,2']);
});

it('each change has its own delay: one that comes later does not travel with the first', async () => {
  const { told, turn, clock } = await begin(1000);
  turn(false, false);
  await clock.advance(900);
  turn(false, true);
  await clock.advance(100);
  expect(told).toEqual(['1', '']);
  await clock.advance(900);
  expect(told).toEqual(['1', '', '2']);
});

it('nothing is told after the end', async () => {
  const { told, turn, clock, ending } = await begin(1000);
  turn(false, false);
  ending.abort(new Error('over'));
  await clock.advance(2000);
  expect(told).toEqual(['1']);
});
