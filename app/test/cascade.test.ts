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
  backend = await startBackend({
    DATABASE_URL: database.url,
    DOWNSTREAM_SERVICE_URL: downstream.url,
    DATABASE_POOL_SIZE: '2',
  });
  Object.assign(downstream, { behaviour: 'hang', calls: 0, cancelled: 0 });
});
afterEach(async () => {
  downstream.behaviour = 'fast';
  downstream.release();
  await backend.stop();
});

const ROUTE = 'lab_database_connections_held{http_route="/api/cascade-failure"}';
const PENDING = 'db_client_connection_pending_requests';

const get = (path: string, signal?: AbortSignal): Promise<Response> =>
  fetch(`${backend.url}${path}`, signal ? { signal } : {});
const ignore = (promise: Promise<unknown>): void => void promise.catch(() => {});

/** Both connections of the pool are held by requests whose downstream call hangs. */
async function emptyPool(signal?: AbortSignal): Promise<void> {
  ignore(get('/api/cascade-failure', signal));
  ignore(get('/api/cascade-failure', signal));
  await until(async () => downstream.calls >= 2 && (await backend.metric(ROUTE)) === 2);
}

describe('without protections', () => {
  it('lets a slow downstream take every connection, so an unrelated route waits', async () => {
    await emptyPool();
    const tasks = get('/api/tasks');
    await until(async () => (await backend.metric(PENDING)) === 1);
    expect((await get('/health')).status).toBe(200);
    expect((await get('/readyz')).status).toBe(200);
    downstream.behaviour = 'fast';
    downstream.release();
    expect((await tasks).status).toBe(200);
  });

  it('goes on working and keeps its place in the queue after its client has left', async () => {
    const clients = new AbortController();
    await emptyPool(clients.signal);
    ignore(get('/api/tasks', clients.signal));
    await until(async () => (await backend.metric(PENDING)) === 1);
    clients.abort();
    await until(async () => (await backend.metric('http_server_active_requests')) === 1);
    expect(await backend.metric(ROUTE)).toBe(2);
    expect(await backend.metric(PENDING)).toBe(1);
    expect(downstream.cancelled).toBe(0);
    downstream.behaviour = 'fast';
    downstream.release();
    await until(() => downstream.calls === 6);
    await until(async () => (await backend.metric(ROUTE)) === 0);
    const orders = await database.query(
      `SELECT count(*)::int AS confirmed FROM cascade_orders WHERE state = 'confirmed'`,
    );
    expect(orders[0]?.['confirmed']).toBeGreaterThanOrEqual(2);
  });
});

describe('request-deadline', () => {
  it('ends handlers and waiters at the deadline with 504, and gives connections back', async () => {
    await backend.switch('request-deadline', { enabled: true, settings: { deadlineMs: 150 } });
    const holders = [get('/api/cascade-failure'), get('/api/cascade-failure')];
    await until(() => downstream.calls >= 2);
    const waiter = get('/api/tasks');
    const statuses = (await Promise.all([...holders, waiter])).map(({ status }) => status);
    expect(statuses.slice(0, 2)).toEqual([504, 504]);
    await until(async () => (await backend.metric(ROUTE)) === 0 && (await backend.metric(PENDING)) === 0);
    await until(() => downstream.cancelled === 2);
    downstream.behaviour = 'fast';
    expect((await get('/api/tasks')).status).toBe(200);
  });

  it('ends them when their client has left', async () => {
    await backend.switch('request-deadline', { enabled: true, settings: { deadlineMs: 60_000 } });
    const clients = new AbortController();
    await emptyPool(clients.signal);
    ignore(get('/api/tasks', clients.signal));
    await until(async () => (await backend.metric(PENDING)) === 1);
    clients.abort();
    await until(async () => (await backend.metric(ROUTE)) === 0 && (await backend.metric(PENDING)) === 0);
    expect(downstream.cancelled).toBe(2);
    expect(
      await backend.metric('lab_protection_events_total{protection="request-deadline",event="client-left"}'),
    ).toBe(3);
    expect((await get('/api/tasks')).status).toBe(200);
  });
});

describe('release-connection', () => {
  it('holds no connection during a downstream call, so the unrelated route is served', async () => {
    await backend.switch('release-connection', { enabled: true });
    const cascade = [get('/api/cascade-failure'), get('/api/cascade-failure'), get('/api/cascade-failure')];
    await until(() => downstream.calls === 3);
    expect(await backend.metric(ROUTE)).toBe(0);
    expect((await get('/api/tasks')).status).toBe(200);
    downstream.behaviour = 'fast';
    downstream.release();
    expect((await Promise.all(cascade)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(
      await backend.metric('lab_protection_events_total{protection="release-connection",event="released"}'),
    ).toBe(3);
  });

  it('helps transactions that are open already: each gives its connection back at its next call', async () => {
    await emptyPool();
    const tasks = get('/api/tasks');
    await until(async () => (await backend.metric(PENDING)) === 1);
    await backend.switch('release-connection', { enabled: true });
    downstream.release();
    expect((await tasks).status).toBe(200);
    await until(() => downstream.calls >= 4);
    expect(await backend.metric(ROUTE)).toBe(0);
  });
});

describe('the fix as a whole', () => {
  it('answers 503 at once while the breaker is open, says when to come back, and does not call', async () => {
    await backend.switch('downstream-timeout', { enabled: true, settings: { timeoutMs: 50 } });
    await backend.switch('circuit-breaker', {
      enabled: true,
      settings: { minimumCalls: 2, openSeconds: 60 },
    });
    await backend.switch('release-connection', { enabled: true });
    expect((await get('/api/cascade-failure')).status).toBe(504);
    expect((await get('/api/cascade-failure')).status).toBe(504);
    expect(await backend.metric('lab_circuit_breaker_state')).toBe(2);
    const { calls } = downstream;
    const startedMs = performance.now();
    const response = await get('/api/cascade-failure');
    expect(performance.now() - startedMs).toBeLessThan(50);
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(await response.json()).toMatchObject({ code: 'CIRCUIT_OPEN' });
    expect(downstream.calls).toBe(calls);
    expect(await backend.metric('lab_shed_requests_total{reason="circuit-open"}')).toBe(1);
    expect(await backend.metric('lab_downstream_attempt_outcomes_total{outcome="timeout"}')).toBe(2);
  });

  it('counts a call once and each of its attempts', async () => {
    await backend.switch('retry', { enabled: true, settings: { attempts: 3, timeoutMs: 0, backoffMs: 1 } });
    downstream.behaviour = 'error';
    expect((await get('/api/call-downstream')).status).toBe(502);
    expect(await backend.metric('lab_downstream_calls_total{http_route="/api/call-downstream"}')).toBe(1);
    expect(await backend.metric('lab_downstream_attempts_total{http_route="/api/call-downstream"}')).toBe(3);
  });
});
