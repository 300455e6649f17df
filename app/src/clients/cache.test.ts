import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createCall, createCalmReadings, failureOf } from '../../test/support/layers.ts';
import { createManualClock } from '../../test/support/manual-clock.ts';
import type { Call } from '../kernel/call.ts';
import { sleep } from '../kernel/clock.ts';
import { boundedCache } from '../protections/bounded-cache.ts';
import { earlyRefresh } from '../protections/early-refresh.ts';
import { singleFlight } from '../protections/single-flight.ts';
import { staleWhileRevalidate } from '../protections/stale-while-revalidate.ts';
import { ttlJitter } from '../protections/ttl-jitter.ts';
import { createSwitchboard } from '../switchboard.ts';
import { createCacheRecorder } from '../telemetry/cache-recorder.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { createCache } from './cache.ts';
import { createInProcessStore } from './in-process-store.ts';

const PROTECTIONS = [boundedCache, earlyRefresh, singleFlight, staleWhileRevalidate, ttlJitter];
const TTL_MS = 1000;
const LOAD_MS = 100;

/** A cache with some protections on; making a value takes 100 ms and gives its number. */
function createSubject(...names: string[]) {
  const clock = createManualClock();
  const lines: string[] = [];
  const metrics = createMetrics();
  const background = new AbortController();
  const state = { loads: 0, mode: 'fine', draw: 0.5, calls: new Array<Call>() };
  const switchboard = createSwitchboard({
    protections: PROTECTIONS,
    initial: new Map(),
    clock,
    random: () => state.draw,
    readings: createCalmReadings(),
    onEvent: () => {},
  });
  for (const name of names) switchboard.set(name, true);
  const cache = createCache({
    store: createInProcessStore(),
    switchboard,
    recorder: createCacheRecorder(metrics),
    clock,
    log: pino({}, { write: (line: string) => void lines.push(line) }),
    background: background.signal,
  });
  const load = async (call: Call): Promise<number> => {
    state.calls.push(call);
    const number = (state.loads += 1);
    await sleep(clock, LOAD_MS, call.signal);
    if (state.mode === 'broken') throw new Error('broken');
    return number;
  };
  const read = (call = createCall()): Promise<number> => cache.read('key', TTL_MS, load, call);
  /** Reads and lets the load end. */
  const readNow = async (): Promise<number> => {
    const reading = read();
    await clock.advance(LOAD_MS);
    return reading;
  };
  const many = (): Promise<number[]> => Promise.all(Array.from({ length: 5 }, () => read()));
  return { cache, clock, lines, metrics, background, state, read, readNow, many };
}

describe('a read without protections', () => {
  it('loads what is not there, and serves it until its time is over', async () => {
    const { readNow, clock, read, metrics } = createSubject();
    expect(await readNow()).toBe(1);
    await clock.advance(TTL_MS - 1);
    expect(await read()).toBe(1);
    await clock.advance(1);
    expect(await readNow()).toBe(2);
    const text = await metrics.registry.metrics();
    expect(text).toContain('lab_cache_loads_total 2');
    expect(text).toContain('lab_cache_reads_total{freshness="fresh"} 1');
    expect(text).toContain('lab_cache_reads_total{freshness="miss"} 2');
  });

  it('is a stampede: all who find nothing load', async () => {
    const { many, clock, state } = createSubject();
    const reading = many();
    await clock.advance(LOAD_MS);
    expect(await reading).toEqual([1, 2, 3, 4, 5]);
    expect(state.loads).toBe(5);
  });

  it('keeps nothing of a load that failed', async () => {
    const { readNow, read, clock, state } = createSubject();
    state.mode = 'broken';
    const failure = failureOf(read());
    await clock.advance(LOAD_MS);
    expect(await failure).toEqual(new Error('broken'));
    state.mode = 'fine';
    expect(await readNow()).toBe(2);
  });

  it('passes the call on, so that its signal ends the load', async () => {
    const { read, clock, state } = createSubject();
    const controller = new AbortController();
    const failure = failureOf(read(createCall({ route: '/its-route', signal: controller.signal })));
    await clock.advance(1);
    controller.abort(new Error('left'));
    expect(await failure).toEqual(new Error('left'));
    expect(state.calls[0]?.route).toBe('/its-route');
    expect(clock.timers).toBe(0);
  });
});

describe('a read with single-flight', () => {
  it('loads once for all, and stores what it got', async () => {
    const { many, read, clock, state } = createSubject('single-flight');
    const reading = many();
    await clock.advance(LOAD_MS);
    expect(await reading).toEqual([1, 1, 1, 1, 1]);
    expect(await read()).toBe(1);
    expect(state.loads).toBe(1);
  });
});

describe('a read with stale-while-revalidate', () => {
  it('serves the old value at once and makes one new one in the background, for however many readers', async () => {
    const { readNow, many, read, clock, state } = createSubject('stale-while-revalidate');
    await readNow();
    await clock.advance(TTL_MS);
    expect(await many()).toEqual([1, 1, 1, 1, 1]);
    expect(state.loads).toBe(2);
    await clock.advance(LOAD_MS);
    expect(await read()).toBe(2);
    await clock.advance(TTL_MS);
    expect(await many()).toEqual([2, 2, 2, 2, 2]);
    expect(state.loads).toBe(3);
  });

  it('keeps serving it when the refresh fails, warns once, and tries again', async () => {
    const { readNow, read, clock, state, lines } = createSubject('stale-while-revalidate');
    await readNow();
    await clock.advance(TTL_MS);
    state.mode = 'broken';
    for (let times = 0; times < 3; times += 1) expect(await readNow()).toBe(1);
    expect(state.loads).toBe(4);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('broken');
    state.mode = 'fine';
    await readNow();
    expect(await read()).toBe(5);
  });

  it('refreshes under the signal of the forced stop, and not of the reader', async () => {
    const { readNow, read, clock, state, background } = createSubject('stale-while-revalidate');
    await readNow();
    await clock.advance(TTL_MS);
    const reader = new AbortController();
    await read(createCall({ signal: reader.signal }));
    reader.abort(new Error('left'));
    expect(state.calls[1]?.signal).toBe(background.signal);
    expect(clock.timers).toBe(1);
    background.abort(new Error('forced'));
    expect(clock.timers).toBe(0);
  });
});

describe('a read with early-refresh', () => {
  it('makes the value anew before it expires when the draw says so, and the reader waits for it', async () => {
    const { readNow, read, clock, state } = createSubject('early-refresh');
    await readNow();
    await clock.advance(TTL_MS - 50);
    state.draw = 0.3;
    expect(await read()).toBe(1);
    state.draw = 0.5;
    expect(await readNow()).toBe(2);
  });

  it('does it in the background when stale-while-revalidate is on', async () => {
    const { readNow, read, clock } = createSubject('early-refresh', 'stale-while-revalidate');
    await readNow();
    await clock.advance(TTL_MS - 50);
    expect(await read()).toBe(1);
    await clock.advance(LOAD_MS);
    expect(await read()).toBe(2);
  });
});

describe('a read with ttl-jitter', () => {
  it('stores values for as long as it says', async () => {
    const { readNow, read, clock, state } = createSubject('ttl-jitter');
    state.draw = 0;
    await readNow();
    await clock.advance(TTL_MS * 0.9 - 1);
    expect(await read()).toBe(1);
    await clock.advance(1);
    expect(await readNow()).toBe(2);
  });
});

describe('what is kept', () => {
  it('stays for ever, and says its weight', async () => {
    const { cache } = createSubject();
    expect(await cache.keep('a', 'x', 30e6, createCall())).toBe(30e6);
    expect(await cache.keep('b', 'x', 40e6, createCall())).toBe(70e6);
    expect(cache.clearKept()).toBe(70e6);
    expect(cache.kept().totalBytes).toBe(0);
  });

  it('has a bound with bounded-cache', async () => {
    const { cache } = createSubject('bounded-cache');
    for (const key of ['a', 'b', 'c']) await cache.keep(key, 'x', 20e6, createCall());
    expect(cache.kept()).toMatchObject({ totalBytes: 40e6, entries: 2 });
  });
});
