import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBackend, until, type TestBackend } from './support/backend.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { startStubRedis, type StubRedis } from './support/stub-redis.ts';

let database: TestDatabase;
let redis: StubRedis;
let alone: TestBackend;
let replicas: readonly TestBackend[];

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), startStubRedis()]);
  const environment = { DATABASE_URL: database.url, DOWNSTREAM_SERVICE_URL: 'http://127.0.0.1:1' };
  const withRedis = { ...environment, REDIS_URL: redis.url.replace('//', '//:secret-of-redis@') };
  alone = await startBackend(environment);
  replicas = [await startBackend(withRedis), await startBackend(withRedis)];
  for (const { ports } of replicas) await until(() => ports.cacheState().answers === true);
});
afterAll(async () => {
  await Promise.all([alone, ...replicas].map((backend) => backend.stop()));
  await Promise.all([redis.stop(), database.drop()]);
});
afterEach(() => fetch(`${alone.control}/reset`, { method: 'POST' }));

interface Answer {
  readonly isRebuilt: boolean;
  readonly report: { readonly orders: number; readonly revenueCents: number; readonly madeAt: string };
}

let nextKey = 1;
const newKey = (): number => (nextKey += 1);

async function read(backend: TestBackend | undefined, query: string): Promise<Answer> {
  const response = await fetch(`${backend?.url}/api/cached-report?${query}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
}

const many = (query: string): Promise<Answer[]> =>
  Promise.all(Array.from({ length: 8 }, () => read(alone, query)));

async function loadsDuring(work: () => Promise<unknown>): Promise<number> {
  const before = (await alone.metric('lab_cache_loads_total')) ?? NaN;
  await work();
  return ((await alone.metric('lab_cache_loads_total')) ?? NaN) - before;
}

describe('GET /api/cached-report', () => {
  it('makes the report once, by a query that takes rebuild seconds, and serves it from the cache then', async () => {
    const query = `key=${newKey()}&rebuild=0.2`;
    const startedMs = performance.now();
    const first = await read(alone, query);
    expect(performance.now() - startedMs).toBeGreaterThan(200);
    expect(performance.now() - startedMs).toBeLessThan(2000);
    expect(first).toMatchObject({ isRebuilt: true, report: { orders: 1000 } });
    expect(Date.parse(first.report.madeAt)).toBeGreaterThan(Date.now() - 60_000);
    expect(await read(alone, query)).toEqual({ ...first, isRebuilt: false, durationMs: expect.any(Number) });
  });

  it('is a stampede when nothing is on: every reader makes the report', async () => {
    const query = `key=${newKey()}&rebuild=0.1`;
    expect(await loadsDuring(() => many(query))).toBe(8);
  });

  it('is made once for all with single-flight', async () => {
    await alone.switch('single-flight', { enabled: true });
    const query = `key=${newKey()}&rebuild=0.1`;
    let answers: Answer[] = [];
    expect(await loadsDuring(async () => (answers = await many(query)))).toBe(1);
    expect(answers.filter(({ isRebuilt }) => isRebuilt)).toHaveLength(1);
    expect(new Set(answers.map(({ report }) => report.madeAt)).size).toBe(1);
  });

  it('keeps nobody waiting with stale-while-revalidate', async () => {
    await alone.switch('stale-while-revalidate', { enabled: true });
    const query = `key=${newKey()}&ttl=0.1&rebuild=0.3`;
    const first = await read(alone, query);
    await new Promise((resolve) => setTimeout(resolve, 150));
    const loads = await loadsDuring(async () => {
      for (const { isRebuilt, report } of await many(query)) {
        expect([isRebuilt, report.madeAt]).toEqual([false, first.report.madeAt]);
      }
      await until(async () => (await read(alone, query)).report.madeAt !== first.report.madeAt);
    });
    expect(loads).toBeLessThan(4);
  });
});

describe('GET /api/cached-report with Redis', () => {
  it('says on / that it is Redis and whether it answers, without its password', async () => {
    const text = await (await fetch(`${replicas[0]?.url}/`)).text();
    expect(JSON.parse(text)).toMatchObject({ cache: { kind: 'redis', answers: true } });
    expect(text).not.toContain('secret-of-redis');
  });

  it('serves a report that another replica has made', async () => {
    const query = `key=${newKey()}&rebuild=0`;
    const made = await read(replicas[0], query);
    expect(made.isRebuilt).toBe(true);
    expect(await read(replicas[1], query)).toMatchObject({ isRebuilt: false, report: made.report });
  });

  it('answers all the same while Redis hangs or is gone, and uses it again when it is back', async () => {
    const query = `key=${newKey()}&rebuild=0`;
    redis.isHanging = true;
    expect((await read(replicas[0], query)).isRebuilt).toBe(true);
    redis.isHanging = false;
    await redis.stop();
    expect((await read(replicas[0], query)).isRebuilt).toBe(true);
    const info = await (await fetch(`${replicas[0]?.url}/`)).json();
    expect(info).toMatchObject({ cache: { kind: 'redis', answers: false } });
    await redis.start();
    await until(() => replicas[0]?.ports.cacheState().answers === true);
    await read(replicas[0], query);
    expect((await read(replicas[0], query)).isRebuilt).toBe(false);
  });
});
