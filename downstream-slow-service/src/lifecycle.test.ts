import { once } from 'node:events';
import { expect, test } from 'vitest';
import { createManualClock, settle } from '../test/manual-clock.ts';
import { stopGracefully } from './lifecycle.ts';
import type { Lifecycle } from './lifecycle.ts';

const setUp = () => {
  const clock = createManualClock();
  const lifecycle: Lifecycle = { stopping: false };
  const cut = new AbortController();
  const log: string[] = [];
  const inFlight = new AbortController();
  const server = {
    close: () => {
      log.push('closed');
      return once(inFlight.signal, 'abort');
    },
  };
  const stop = stopGracefully({
    lifecycle,
    clock,
    servers: [server] as never,
    drainDelayMs: 3000,
    gracePeriodMs: 10_000,
    cut: cut.signal,
  });
  return { clock, lifecycle, cut, log, finishInFlight: () => inFlight.abort(), stop };
};

test('goes on serving for the drain delay, then closes and finishes what is in flight', async () => {
  const { clock, lifecycle, log, finishInFlight, stop } = setUp();
  expect(lifecycle.stopping).toBe(true);
  await clock.advance(2999);
  expect(log).toEqual([]);
  await clock.advance(1);
  expect(log).toEqual(['closed']);
  finishInFlight();
  expect(await stop).toBe('finished');
  await settle();
  expect(clock.sleeping()).toBe(0);
});

test('is forced when what is in flight takes longer than the grace period', async () => {
  const { clock, stop } = setUp();
  await clock.advance(13_000);
  expect(await stop).toBe('forced');
});

test('is forced at once when it is cut short, in the drain delay or after it', async () => {
  const early = setUp();
  early.cut.abort();
  expect(await early.stop).toBe('forced');

  const late = setUp();
  await late.clock.advance(3500);
  late.cut.abort();
  expect(await late.stop).toBe('forced');
});
