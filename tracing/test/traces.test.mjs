import { once } from 'node:events';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCollector } from './support/collector.mjs';
import { bothNamed, endMs, only, pathTo } from './support/spans.mjs';
import { openDatabase } from './support/database.mjs';
import { killAll, startService, until } from './support/services.mjs';

/** How long the downstream takes for one call. */
const DELAY_MS = 200;

/** @typedef {import('./support/collector.mjs').CollectedSpan} Span */

describe('the spans of both services', () => {
  /** @type {Awaited<ReturnType<typeof openDatabase>>} */
  let database;
  /** @type {Awaited<ReturnType<typeof startCollector>>} */
  let collector;
  /** @type {Record<string, string>} */
  let tracing;
  /** @type {import('./support/services.mjs').RunningService} */
  let downstream;
  /** @type {import('./support/services.mjs').RunningService} */
  let backend;

  beforeAll(async () => {
    [database, collector] = await Promise.all([openDatabase(), startCollector()]);
    tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '50' };
    downstream = await startService('downstream', { ...tracing, DEFAULT_DELAY: String(DELAY_MS / 1000) });
    backend = await startService('backend', {
      ...tracing,
      DATABASE_URL: database.url,
      DATABASE_POOL_SIZE: '1',
      DOWNSTREAM_SERVICE_URL: downstream.url,
      DOWNSTREAM_CONNECTIONS: '1',
    });
  });
  afterAll(async () => {
    killAll();
    collector?.stop();
    await database?.stop();
  });

  /**
   * All spans of the traces that the requests begin, when all of them have arrived.
   * @param {(() => Promise<{ status: number }>)[]} requests
   * @param {(spans: Span[]) => boolean} isComplete
   */
  async function traced(requests, isComplete) {
    await collector.quiet();
    collector.spans.length = 0;
    const answers = await Promise.all(requests.map((send) => send()));
    for (const { status } of answers) expect(status).toBeLessThan(300);
    await until(() => isComplete(collector.spans));
    await collector.quiet();
    return [...collector.spans];
  }
  /** @param {string} path @param {RequestInit} [init] */
  const get =
    (path, init = {}) =>
    () =>
      fetch(backend.url + path, init);
  /** @param {string} service @param {string} route */
  const serverSpans = (service, route) => (/** @type {Span[]} */ spans) =>
    spans.filter((span) => span.service === service && span.kind === 2 && span.name.endsWith(route));

  it('one request through both services is one trace, each span below its cause', async () => {
    const isRoot = serverSpans('backend-app', '/api/call-downstream');
    const spans = await traced([get('/api/call-downstream?timeout=5')], (all) => isRoot(all).length === 1);
    const root = only(isRoot(spans), () => true);
    const client = only(spans, (span) => span.kind === 3 && span.name === 'GET');
    const remote = only(spans, (span) => span.service === 'downstream-service' && span.kind === 2);
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([root.traceId]));
    expect(root.parentSpanId).toBe('');
    expect(root.name).toBe('GET /api/call-downstream');
    expect(root.attributes['url.query']).toBe('timeout=5');
    expect(remote.name).toBe('GET /slow');
    expect(remote.parentSpanId).toBe(client.spanId);
    expect(pathTo(spans, client)).toContain(root.spanId);
    expect([root.instance, remote.instance]).toEqual(['backend-1', 'downstream-1']);
    expect(root.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(remote.durationMs).toBeGreaterThan(DELAY_MS - 5);
    expect(remote.durationMs).toBeLessThan(root.durationMs);
  });

  it('continues the trace of the caller', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    const isRoot = serverSpans('backend-app', '/api/call-downstream');
    const spans = await traced([get('/api/call-downstream', { headers })], (all) => isRoot(all).length === 1);
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
    expect(isRoot(spans)[0]?.parentSpanId).toBe('b7ad6b7169203331');
  });

  it('with a pool of one connection the second request waits for the first', async () => {
    const isRoot = serverSpans('backend-app', '/api/cascade-failure');
    const request = get('/api/cascade-failure?calls=2');
    const spans = await traced([request, request], (all) => isRoot(all).length === 2);
    const { short, long } = bothNamed(spans, 'pool wait');
    expect(short.traceId).not.toBe(long.traceId);
    expect(short.durationMs).toBeLessThan(DELAY_MS);
    expect(long.durationMs).toBeGreaterThan(2 * DELAY_MS - 10);
    for (const wait of [short, long]) {
      const root = only(isRoot(spans), ({ traceId }) => traceId === wait.traceId);
      expect(pathTo(spans, wait)).toContain(root.spanId);
      expect(wait.attributes['http.route']).toBe('/api/cascade-failure');
      expect(wait.attributes['lab.wait.outcome']).toBe('served');
      const query = only(spans, (span) => span.traceId === wait.traceId && span.name === 'pg.query:BEGIN');
      expect(query.startMs).toBeGreaterThan(endMs(wait) - 2);
    }
  });

  it('a query is named by its statement, not by its database', async () => {
    const isRoot = serverSpans('backend-app', '/api/cascade-failure');
    const spans = await traced([get('/api/cascade-failure?calls=1')], (all) => isRoot(all).length === 1);
    const queries = spans.filter(({ name }) => name.startsWith('pg.'));
    const inTurn = queries.sort((one, other) => one.startMs - other.startMs);
    expect(inTurn.map(({ name }) => name)).toEqual([
      'pg.query:BEGIN',
      'pg.query:cascade-insert-order',
      'pg.query:cascade-confirm-order',
      'pg.query:COMMIT',
    ]);
    const namespace = new URL(database.url).pathname.slice(1);
    for (const { attributes } of queries) expect(attributes['db.namespace']).toBe(namespace);
  });

  it('a wait that was given up ends then and says so', async () => {
    const impatient = await startService('backend', {
      ...tracing,
      DATABASE_URL: database.url,
      DATABASE_POOL_SIZE: '1',
      DATABASE_ACQUIRE_TIMEOUT_MS: '100',
      DOWNSTREAM_SERVICE_URL: downstream.url,
    });
    collector.spans.length = 0;
    const send = () => fetch(`${impatient.url}/api/cascade-failure?calls=1`);
    const answers = await Promise.all([send(), send()]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 503]));
    await impatient.stop();
    const wait = only(
      collector.spans,
      ({ name, attributes }) => name === 'pool wait' && attributes['lab.wait.outcome'] === 'given up',
    );
    expect(wait.durationMs).toBeGreaterThan(95);
    expect(wait.durationMs).toBeLessThan(DELAY_MS);
  });

  it('with one socket to the downstream the second call waits for the first', async () => {
    const isRoot = serverSpans('backend-app', '/api/call-downstream');
    const request = get('/api/call-downstream');
    const spans = await traced([request, request], (all) => isRoot(all).length === 2);
    const { short, long } = bothNamed(spans, 'socket wait');
    expect(short.durationMs).toBeLessThan(DELAY_MS / 2);
    expect(long.durationMs).toBeGreaterThan(DELAY_MS - 10);
    for (const wait of [short, long]) {
      const root = only(isRoot(spans), ({ traceId }) => traceId === wait.traceId);
      const client = only(spans, ({ traceId, kind }) => traceId === wait.traceId && kind === 3);
      expect(pathTo(spans, wait)).toContain(root.spanId);
      expect(pathTo(spans, client), 'though another request freed the socket').toContain(root.spanId);
      expect(client.startMs).toBeGreaterThanOrEqual(wait.startMs);
      expect(wait.attributes['lab.wait.outcome']).toBe('served');
    }
  });

  it('a request that is not sampled leaves no span anywhere, not even in the trace of another', async () => {
    const isRoot = serverSpans('backend-app', '/api/call-downstream');
    const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00' };
    const spans = await traced(
      [get('/api/call-downstream'), get('/api/call-downstream', { headers })],
      (all) => isRoot(all).length === 1,
    );
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(serverSpans('downstream-service', '/slow')(spans).length).toBe(1);
  });

  it('a request that came while the event loop was held shows that it waited', async () => {
    const isRoot = serverSpans('backend-app', 'GET /');
    const spans = await traced([() => backend.whilePaused(200, get('/'))], (all) => isRoot(all).length === 1);
    const wait = only(spans, ({ name }) => name === 'event-loop wait');
    const root = only(isRoot(spans), () => true);
    expect(wait.parentSpanId).toBe(root.spanId);
    expect(wait.durationMs).toBeGreaterThan(150);
    expect(wait.durationMs).toBeLessThan(1000);
    expect(Math.abs(endMs(wait) - root.startMs), 'it ends where the request starts').toBeLessThanOrEqual(3);
  });

  it('a request whose body comes late keeps its trace', async () => {
    const isRoot = serverSpans('backend-app', '/api/tasks');
    const spans = await traced(
      [() => postSlowly(`${backend.url}/api/tasks`)],
      (all) => isRoot(all).length === 1,
    );
    const query = only(spans, ({ name }) => name.startsWith('pg.query'));
    expect(pathTo(spans, query)).toContain(only(spans, (span) => span.kind === 2).spanId);
  });

  it('probes, metrics and what runs in the background make no spans', async () => {
    const spans = await traced(
      [get('/health'), get('/metrics?x=1'), get('/livez'), get('/')],
      (all) => serverSpans('backend-app', 'GET /')(all).length === 1,
    );
    expect(spans.filter(({ kind }) => kind !== 1).map(({ name }) => name)).toEqual(['GET /']);
  });

  it('at SIGTERM the rest is sent at once', async () => {
    collector.spans.length = 0;
    await get('/')();
    const { exitCode, tookMs } = await backend.stop();
    expect(exitCode).toBe(0);
    expect(tookMs).toBeLessThan(2000);
    expect(serverSpans('backend-app', 'GET /')(collector.spans).length).toBe(1);
    expect((await downstream.stop()).exitCode).toBe(0);
    expect([backend.output.stderr, downstream.output.stderr]).toEqual(['', '']);
  });
});

/** Sends the two halves of a body with a pause between them. @param {string} url */
async function postSlowly(url) {
  const request = http.request(url, { method: 'POST', headers: { 'content-type': 'application/json' } });
  request.write('{"title":');
  await sleep(50);
  request.end('"one"}');
  const [response] = /** @type {[http.IncomingMessage]} */ (await once(request, 'response'));
  response.resume();
  return { status: response.statusCode ?? 0 };
}
