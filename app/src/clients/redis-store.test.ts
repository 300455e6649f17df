import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { until } from '../../test/support/backend.ts';
import { startStubRedis, type StubRedis } from '../../test/support/stub-redis.ts';
import { LONGEST_STALE_MS } from '../kernel/caching.ts';
import { systemClock } from '../system-clock.ts';
import type { CacheStore } from './cache.ts';
import { connectRedis, REDIS_ANSWER_MS } from './redis-connection.ts';
import { createRedisStore } from './redis-store.ts';

let server: StubRedis;
let lines: string[];
const stores: CacheStore[] = [];

beforeEach(async () => {
  server = await startStubRedis();
  lines = [];
});
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
  await server.stop();
});

function open(url = server.url): CacheStore {
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  const store = createRedisStore(
    connectRedis({ url, clock: systemClock, random: () => 0.5, log }),
    systemClock,
  );
  stores.push(store);
  return store;
}

async function ready(store: CacheStore): Promise<CacheStore> {
  await until(() => store.answers() === true);
  return store;
}

const entry = (ttlMs: number, value: unknown = { n: 1 }) => ({
  value,
  loadMs: 20,
  expiresAtMs: systemClock.nowMs() + ttlMs,
});

async function timed<T>(work: Promise<T>): Promise<{ readonly answer: T; readonly tookMs: number }> {
  const startedMs = performance.now();
  return { answer: await work, tookMs: performance.now() - startedMs };
}

describe('the store in Redis', () => {
  it('gives back what was set, with the time that is left, to every replica', async () => {
    const [one, other] = [await ready(open()), await ready(open())];
    await one.set('a', entry(5000, { text: 'ünï', list: [1, null] }));
    const found = await other.get('a');
    expect(found).toMatchObject({ value: { text: 'ünï', list: [1, null] }, loadMs: 20 });
    const leftMs = (found?.expiresAtMs ?? 0) - systemClock.nowMs();
    expect(leftMs).toBeGreaterThan(4000);
    expect(leftMs).toBeLessThanOrEqual(5001);
    expect(await one.get('b')).toBeUndefined();
  });

  it('keeps an entry after its expiry, as one that has expired', async () => {
    const store = await ready(open());
    await store.set('a', entry(-1000));
    const found = await store.get('a');
    expect(found?.value).toEqual({ n: 1 });
    expect((found?.expiresAtMs ?? 0) - systemClock.nowMs()).toBeLessThanOrEqual(-1000);
    const [kept] = server.values.values();
    expect((kept?.expiresAtMs ?? 0) - performance.now()).toBeLessThan(LONGEST_STALE_MS);
  });

  it('takes what it did not write for a miss', async () => {
    const store = await ready(open());
    const valueOf = async (text: string): Promise<unknown> => {
      server.values.set('backend-load-testing:cache:a', { text, expiresAtMs: performance.now() + 400_000 });
      return (await store.get('a'))?.value;
    };
    for (const text of ['not JSON', '7', 'null', '{"value":1}', '{"loadMs":1}']) {
      expect(await valueOf(text)).toBeUndefined();
    }
    expect(await valueOf('{"value":1,"loadMs":1}')).toBe(1);
  });

  it('does not wait for a server that accepts and never answers, and says so once', async () => {
    const store = await ready(open());
    server.isHanging = true;
    const results = await Promise.all([1, 2, 3].map(() => timed(store.get('a'))));
    for (const { answer, tookMs } of results) {
      expect(answer).toBeUndefined();
      expect(tookMs).toBeGreaterThan(REDIS_ANSWER_MS - 10);
      expect(tookMs).toBeLessThan(REDIS_ANSWER_MS + 400);
    }
    expect(store.answers()).toBe(false);
    const warnings = lines.filter((line) => line.includes('"level":40'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('timed out');
  });

  it('gives a silent connection up, asks nobody then, and comes back with the server', async () => {
    const store = await ready(open());
    server.isHanging = true;
    await store.set('a', entry(1000));
    await until(async () => (await timed(store.get('a'))).tookMs < 20);
    server.isHanging = false;
    await until(() => store.answers() === true);
    await store.set('a', entry(1000));
    expect((await store.get('a'))?.value).toEqual({ n: 1 });
  });

  it('is a miss while the server is gone, and works again when it is back', async () => {
    const store = await ready(open());
    await server.stop();
    await until(() => store.answers() === false);
    const { answer, tookMs } = await timed(store.get('a'));
    expect(answer).toBeUndefined();
    expect(tookMs).toBeLessThan(50);
    await expect(store.set('a', entry(1000))).resolves.toBeUndefined();
    await server.start();
    await ready(store);
    await store.set('a', entry(1000));
    expect((await store.get('a'))?.value).toEqual({ n: 1 });
  });

  it('says that its password is refused, without writing it into the log', async () => {
    server.password = 'another';
    const store = open(server.url.replace('//', '//user:hunter2@'));
    await until(() => store.answers() === false);
    await store.set('a', entry(1000, 'hunter2'));
    expect(lines.join()).toContain('WRONGPASS');
    expect(lines.join()).not.toContain('hunter2');
    server.password = 'hunter2';
    await ready(store);
  });
});
