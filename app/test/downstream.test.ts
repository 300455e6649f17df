import { Client } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBackend, until, type TestBackend } from './support/backend.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { startStubDownstream, type StubDownstream } from './support/stub-downstream.ts';

let database: TestDatabase;
let downstream: StubDownstream;
let backend: TestBackend;

beforeAll(async () => {
  [database, downstream] = await Promise.all([createTestDatabase(), startStubDownstream()]);
});
afterAll(() => Promise.all([database.drop(), downstream.stop()]));
beforeEach(async () => {
  backend = await startBackend({ DATABASE_URL: database.url, DOWNSTREAM_SERVICE_URL: downstream.url });
  Object.assign(downstream, { behaviour: 'fast', calls: 0, cancelled: 0, answered: 0 });
});
afterEach(async () => {
  downstream.behaviour = 'fast';
  downstream.release();
  await backend.stop();
});

const get = (path: string): Promise<Response> => fetch(`${backend.url}${path}`);
const events = (protection: string, event: string): Promise<number | undefined> =>
  backend.metric(`lab_protection_events_total{protection="${protection}",event="${event}"}`);

describe('GET /api/parallel-io', () => {
  it('has all its calls at the downstream at once', async () => {
    downstream.behaviour = 'hang';
    const response = get('/api/parallel-io?count=7');
    await until(() => downstream.calls === 7);
    downstream.release();
    expect(await (await response).json()).toMatchObject({ calls: 7 });
  });

  it('is not answered 200 when a part of it failed', async () => {
    await backend.switch('bulkhead', { enabled: true, settings: { limit: 3 } });
    downstream.behaviour = 'hang';
    const pending = get('/api/parallel-io?count=5');
    await until(() => downstream.calls === 3);
    downstream.release();
    const response = await pending;
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await response.json()).toMatchObject({
      code: 'BULKHEAD_FULL',
      detail: expect.stringMatching(/^2 of 5 calls failed/) as string,
    });
  });
});

describe('GET /api/retry-amplification', () => {
  it.each([
    [1, 4],
    [2, 3],
    [3, 3],
  ])('makes attempts^hops attempts of one request: %i hops, %i attempts', async (hops, attempts) => {
    downstream.behaviour = 'error';
    const response = await get(`/api/retry-amplification?hops=${hops}&attempts=${attempts}`);
    expect(response.status).toBe(502);
    expect(downstream.calls).toBe(attempts ** hops);
    const label = '{http_route="/api/retry-amplification"}';
    expect(await backend.metric(`lab_downstream_attempts_total${label}`)).toBe(attempts ** hops);
    const requested = Array.from({ length: hops - 1 }, (_, hop) => attempts ** (hop + 1));
    expect((await backend.metric(`lab_next_hop_attempts_total${label}`)) ?? 0).toBe(
      requested.reduce((sum, count) => sum + count, 0),
    );
  });

  it('makes one attempt while all is well', async () => {
    const response = await get('/api/retry-amplification');
    expect(await response.json()).toMatchObject({ hops: 2, attempts: 1 });
    expect(downstream.calls).toBe(1);
  });

  it('stays near one attempt per request behind retry-budget, which sees the retries of every hop', async () => {
    const settings = { ratio: 0.1, minimumPerSecond: 0, maxTokens: 1 };
    await backend.switch('retry-budget', { enabled: true, settings });
    downstream.behaviour = 'error';
    for (let request = 0; request < 20; request += 1) {
      expect((await get('/api/retry-amplification')).status).toBeGreaterThanOrEqual(502);
    }
    expect(downstream.calls).toBeLessThanOrEqual(26);
    expect(await events('retry-budget', 'denied')).toBeGreaterThan(20);
    expect(await events('retry-budget', 'allowed')).toBeLessThanOrEqual(6);
  });
});

describe('retry-budget', () => {
  it('refuses what retry tries beyond the budget, and says what failed', async () => {
    const settings = { ratio: 0, minimumPerSecond: 0, maxTokens: 3 };
    await backend.switch('retry', { enabled: true, settings: { attempts: 3, timeoutMs: 0, backoffMs: 1 } });
    await backend.switch('retry-budget', { enabled: true, settings });
    downstream.behaviour = 'error';
    const responses = [];
    for (let request = 0; request < 3; request += 1) responses.push(await get('/api/call-downstream'));
    expect(responses.map(({ status }) => status)).toEqual([502, 503, 503]);
    expect(downstream.calls).toBe(3 + 2 + 1);
    expect(await responses[2]?.json()).toMatchObject({
      code: 'RETRY_BUDGET_SPENT',
      detail: expect.stringContaining('answered 500') as string,
    });
    expect(await backend.metric('lab_retry_budget_tokens')).toBe(0);
    expect(await backend.metric('lab_shed_requests_total{reason="retry-budget-spent"}')).toBe(2);
  });
});

describe('fallback', () => {
  it('answers 200 marked as degraded, and lets the breaker below it count the failures', async () => {
    await backend.switch('fallback', { enabled: true });
    await backend.switch('circuit-breaker', {
      enabled: true,
      settings: { minimumCalls: 5, openSeconds: 60 },
    });
    downstream.behaviour = 'error';
    const response = await get('/api/parallel-io?count=5');
    expect([response.status, response.headers.get('lab-degraded')]).toEqual([200, 'fallback']);
    expect(await backend.metric('lab_circuit_breaker_state')).toBe(2);
    const { calls } = downstream;
    const next = await get('/api/call-downstream');
    expect([next.status, next.headers.get('lab-degraded')]).toEqual([200, 'fallback']);
    expect(downstream.calls).toBe(calls);
    expect(await events('fallback', 'answered')).toBe(6);
  });

  it('marks no healthy answer, and answers nobody whose own time is over', async () => {
    await backend.switch('fallback', { enabled: true });
    expect((await get('/api/parallel-io')).headers.get('lab-degraded')).toBeNull();
    downstream.behaviour = 'hang';
    const response = await get('/api/call-downstream?timeout=0.05');
    expect([response.status, response.headers.get('lab-degraded')]).toEqual([504, null]);
  });
});

describe('connection-age-limit', () => {
  it('ends a connection with an answer that says so', async () => {
    await backend.switch('connection-age-limit', { enabled: true, settings: { maxRequests: 2 } });
    const client = new Client(backend.url);
    const connections = [];
    for (let request = 0; request < 4; request += 1) {
      const { headers, body } = await client.request({ method: 'GET', path: '/api/noop' });
      await body.dump();
      connections.push(headers['connection']);
    }
    await client.close();
    expect(connections).toEqual(['keep-alive', 'close', 'keep-alive', 'close']);
    expect(await events('connection-age-limit', 'closed')).toBe(2);
  });
});

describe('GET /api/timeout-trap', () => {
  it('makes a fast call of another route wait, as many of them as there are sockets, until something ends it', async () => {
    const small = await startBackend({
      DATABASE_URL: database.url,
      DOWNSTREAM_SERVICE_URL: downstream.url,
      DOWNSTREAM_CONNECTIONS: '2',
    });
    const status = async (path: string): Promise<number> => (await fetch(`${small.url}${path}`)).status;
    const trapped = Array.from({ length: 2 }, () => status('/api/timeout-trap'));
    await until(() => downstream.calls === 2);
    expect(await status('/api/call-downstream?timeout=0.2')).toBe(504);
    expect(downstream.calls).toBe(2);
    downstream.release();
    expect(await Promise.all(trapped)).toEqual([200, 200]);
    expect(await status('/api/call-downstream')).toBe(200);
    await small.switch('downstream-timeout', { enabled: true, settings: { timeoutMs: 100 } });
    expect(await status('/api/timeout-trap')).toBe(504);
    await until(() => downstream.cancelled === 1);
    await small.stop();
  });
});

describe('concurrency-limit', () => {
  it('rejects what is beyond its places and its queue with 503, and never a probe', async () => {
    const settings = { limit: 2, queueLimit: 1, maxWaitMs: 60_000 };
    await backend.switch('concurrency-limit', { enabled: true, settings });
    downstream.behaviour = 'hang';
    const served = Array.from({ length: 3 }, () => get('/api/no-timeout'));
    await until(async () => (await events('concurrency-limit', 'queued')) === 1);
    const rejected = await get('/api/no-timeout');
    expect([rejected.status, rejected.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await rejected.json()).toMatchObject({ code: 'CONCURRENCY_LIMITED' });
    expect((await get('/health')).status).toBe(200);
    downstream.behaviour = 'fast';
    downstream.release();
    expect((await Promise.all(served)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});

describe('adaptive-admission', () => {
  it('turns requests away after the event loop was blocked, and never a probe', async () => {
    const settings = { decreaseRatio: 0.1, increaseRatio: 0.001, minimumRatio: 0 };
    await backend.switch('adaptive-admission', { enabled: true, settings });
    expect((await get('/api/noop')).status).toBe(200);
    const startedMs = performance.now();
    while (performance.now() - startedMs < 300);
    await until(async () => ((await backend.metric('lab_admission_ratio')) ?? 1) < 0.1);
    const response = await get('/api/noop');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await response.json()).toMatchObject({ code: 'OVERLOADED' });
    expect(await events('adaptive-admission', 'rejected')).toBe(1);
    expect((await get('/livez')).status).toBe(200);
  });
});

describe('request-deadline', () => {
  it.each([
    '/api/slow?delay=60',
    '/api/random-delay?min=60&max=60',
    '/api/parallel-io?count=20',
    '/api/retry-amplification?hops=3&attempts=5',
    '/api/timeout-trap',
  ])('ends %s, and all that it waits for', async (path) => {
    await backend.switch('request-deadline', { enabled: true, settings: { deadlineMs: 200 } });
    downstream.behaviour = 'hang';
    const startedMs = performance.now();
    const response = await get(path);
    expect([response.status, await response.json()]).toMatchObject([504, { code: 'DEADLINE_EXCEEDED' }]);
    expect(performance.now() - startedMs).toBeLessThan(2000);
    await until(() => downstream.calls === downstream.cancelled);
    await until(async () => (await backend.metric('http_server_active_requests')) === 1);
  });
});
