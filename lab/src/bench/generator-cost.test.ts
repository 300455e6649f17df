import { expect, it } from 'vitest';
import type { BenchChild } from './child.ts';
import type { AbsentGenerator, Generator } from './generator.ts';
import type { ArrivalAnswer, ArrivalOrder } from './generator-arrivals.ts';
import { compareGenerators } from './generator-cost.ts';

/** A server to which a generator "sends" by pushing times. */
function createServer() {
  let arrivalsMs: number[] = [];
  let answer: ArrivalAnswer = { arrivalsMs: [] };
  const child: BenchChild = {
    next: <T>() => Promise.resolve().then(() => answer as T),
    send: (message) => {
      answer = { arrivalsMs };
      if ((message as ArrivalOrder).order === 'note') arrivalsMs = [];
    },
    stop: () => Promise.resolve(),
  };
  return { child, arrive: (atMs: number) => arrivalsMs.push(atMs) };
}

const names = { loop: 'open', hasRate: true };
const target = { url: 'http://server/', ratePerSecond: 100, signal: new AbortController().signal };

it('gives the figures of each generator alone, and says of the others why there are none', async () => {
  const server = createServer();
  const even: Generator = {
    ...names,
    name: 'even',
    run: async ({ ratePerSecond, durationSeconds }) => {
      for (let index = 0; index < ratePerSecond * durationSeconds; index += 1) server.arrive(index * 10);
      return { ownLatenessP99Ms: 0.5 };
    },
  };
  const half: Generator = {
    name: 'half',
    loop: 'closed',
    hasRate: false,
    run: async () => {
      for (let index = 0; index < 500; index += 1) server.arrive(index);
      return {};
    },
  };
  const broken: Generator = {
    ...names,
    name: 'broken',
    run: () => Promise.reject(new Error('no such flag')),
  };
  const idle: Generator = { ...names, name: 'idle', run: () => Promise.resolve({}) };
  const absent: AbsentGenerator = { name: 'absent', absent: 'not on PATH' };
  const { generators } = await compareGenerators(server.child, [even, half, broken, idle, absent], target);
  expect(generators).toMatchObject({
    even: {
      requests: 1000,
      arrivedToPlannedRatio: 1,
      lateness: { p50Ms: 0, p99Ms: 0 },
      ownLatenessP99Ms: 0.5,
    },
    half: { loop: 'closed', requests: 500, arrivedToPlannedRatio: null, lateness: null },
    broken: 'failed: no such flag',
    idle: 'failed: no request reached the server',
    absent: 'not on PATH',
  });
});

it('ends when it is stopped', async () => {
  const stop = new AbortController();
  const stopping: Generator = {
    ...names,
    name: 'stopping',
    run: () => {
      stop.abort(new Error('stopped'));
      return Promise.reject(new Error('ended early'));
    },
  };
  await expect(
    compareGenerators(createServer().child, [stopping], { ...target, signal: stop.signal }),
  ).rejects.toThrow('stopped');
});
