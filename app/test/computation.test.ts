import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBackend, until, type TestBackend } from './support/backend.ts';
import { compileApp } from './support/compiled-app.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { startStubDownstream, type StubDownstream } from './support/stub-downstream.ts';

/** PBKDF2-HMAC-SHA-256, P="Password", S="NaCl", by Python's hashlib; the second is the vector of RFC 7914, section 11. */
const DIGESTS = {
  10_000: '074c5fce9b17d5a98ba5b57cd46bd8f3e8e9a5045a39578717e2cd3661870963',
  80_000: '4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56',
} as const;
/** On this machine's event loop it would take some ten seconds. */
const POISON = `${'a'.repeat(31)}!`;

let database: TestDatabase;
let downstream: StubDownstream;
let backend: TestBackend;

beforeAll(compileApp, 120_000);
beforeAll(async () => {
  [database, downstream] = await Promise.all([createTestDatabase(), startStubDownstream()]);
  backend = await startBackend({ DATABASE_URL: database.url, DOWNSTREAM_SERVICE_URL: downstream.url });
});
afterEach(() => fetch(`${backend.control}/reset`, { method: 'POST' }));
afterAll(async () => {
  await backend.stop();
  await Promise.all([database.drop(), downstream.stop()]);
});

async function get(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${backend.url}${path}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const event = (protection: string, name: string): Promise<number | undefined> =>
  backend.metric(`lab_protection_events_total{protection="${protection}",event="${name}"}`);

const PROBES = 10;

/** How many of ten probes, sent one after the other from the computation's arrival on, are answered before it is. */
async function probesAnsweredFirst(): Promise<number> {
  let isComputed = false;
  let answeredFirst = 0;
  // Connections are there before: the computation arrives first, because it is sent first.
  await Promise.all([get('/livez'), get('/livez')]);
  const computation = get('/api/cpu-intensive?complexity=38').then(() => (isComputed = true));
  for (let probe = 0; probe < PROBES; probe += 1) {
    await get('/livez');
    if (!isComputed) answeredFirst += 1;
  }
  await computation;
  return answeredFirst;
}

describe('the computations', () => {
  it('give the right Fibonacci number and the CPU time that it took', async () => {
    const { status, body } = await get('/api/cpu-intensive');
    expect([status, body]).toEqual([200, expect.objectContaining({ complexity: 30, value: 832_040 })]);
    expect(body['cpuMs']).toBeGreaterThan(0);
    expect((await get('/api/cpu-intensive?complexity=1')).body['value']).toBe(1);
  });

  it('give the same digest in both modes, the one that others compute', async () => {
    expect((await get('/api/hash')).body).toMatchObject({ mode: 'event-loop', digest: DIGESTS[10_000] });
    for (const mode of ['event-loop', 'thread-pool']) {
      expect((await get(`/api/hash?iterations=80000&mode=${mode}`)).body).toMatchObject({
        iterations: 80_000,
        mode,
        digest: DIGESTS[80_000],
      });
    }
  });

  it('make JSON that grows with the number of records and not faster', async () => {
    const few = (await get('/api/json-processing')).body;
    const many = (await get('/api/json-processing?size=10000')).body;
    expect([few['records'], many['records']]).toEqual([1000, 10_000]);
    const growth = Number(many['bytes']) / Number(few['bytes']);
    expect(growth).toBeGreaterThan(9.5);
    expect(growth).toBeLessThan(10.5);
  });

  it('tell a legal text from another', async () => {
    expect((await get('/api/validate')).body).toMatchObject({ matches: true, characters: 4 });
    expect((await get('/api/validate?text=aaab')).body).toMatchObject({ matches: false, characters: 4 });
  });
});

describe('a computation that takes long', () => {
  it('makes all probes wait that come after it', async () => {
    expect(await probesAnsweredFirst()).toBe(0);
  });

  it('makes them wait with async-wrapper, too, although that has done its part', async () => {
    await backend.switch('async-wrapper', { enabled: true });
    // It comes a turn later, and some probes may come before that.
    expect(await probesAnsweredFirst()).toBeLessThan(PROBES / 2);
    expect(await event('async-wrapper', 'wrapped')).toBe(1);
  });

  it('leaves all probes alone with worker-offload, and has the same value', async () => {
    await backend.switch('worker-offload', { enabled: true });
    expect(await probesAnsweredFirst()).toBe(PROBES);
    expect((await get('/api/cpu-intensive')).body['value']).toBe(832_040);
    expect((await get('/api/hash?mode=thread-pool')).body['digest']).toBe(DIGESTS[10_000]);
    expect(await event('worker-offload', 'offloaded')).toBe(3);
  });
});

describe('a row of hashes on the pool', () => {
  it('makes files and names wait that are quick by themselves, and leaves the event loop alone', async () => {
    const paths = ['/api/read-file', '/api/resolve-name'];
    for (const path of paths) expect((await get(path)).body['durationMs']).toBeLessThan(100);
    const answered: string[] = [];
    const send = (path: string): Promise<unknown> =>
      get(path).then(({ status }) => answered.push(`${path.split('?')[0]} ${status}`));
    // As many as libuv's pool has threads.
    const hashes = Array.from({ length: 4 }, () => send('/api/hash?iterations=1000000&mode=thread-pool'));
    await until(async () => (await backend.metric('http_server_active_requests')) === 4 + 1);
    const others = [...paths, '/api/noop'].map(send);
    await Promise.all([...hashes, ...others]);
    expect(answered.slice(0, 2)).toEqual(['/api/noop 200', '/api/hash 200']);
    expect(answered.toSorted()).toEqual([
      ...Array.from({ length: 4 }, () => '/api/hash 200'),
      '/api/noop 200',
      '/api/read-file 200',
      '/api/resolve-name 200',
    ]);
  });
});

describe('a poison text', () => {
  it('is ended by worker-offload after timeoutMs, and the next request has its thread', async () => {
    const settings = { threads: 1, timeoutMs: 500 };
    await backend.switch('worker-offload', { enabled: true, settings });
    const poison = get(`/api/validate?text=${POISON}`);
    await until(async () => (await backend.metric('http_server_active_requests')) === 1);
    expect((await get('/livez')).status).toBe(200);
    expect(await poison).toMatchObject({ status: 504, body: { code: 'COMPUTATION_TIMEOUT' } });
    expect((await get('/api/validate')).body).toMatchObject({ matches: true });
  });

  it('is ended by the deadline of its request when it runs in a thread', async () => {
    await backend.switch('worker-offload', { enabled: true, settings: { threads: 1 } });
    await backend.switch('request-deadline', { enabled: true, settings: { deadlineMs: 500 } });
    expect(await get(`/api/validate?text=${POISON}`)).toMatchObject({
      status: 504,
      body: { code: 'DEADLINE_EXCEEDED' },
    });
    expect((await get('/api/validate')).body).toMatchObject({ matches: true });
  });

  it('is turned away by input-limit', async () => {
    await backend.switch('input-limit', { enabled: true, settings: { maxCharacters: 20 } });
    expect(await get(`/api/validate?text=${POISON}`)).toMatchObject({
      status: 422,
      body: { code: 'INPUT_TOO_LONG' },
    });
    expect((await get('/api/validate?text=aaaaaaaaaaaaaaaaaaaa')).body).toMatchObject({ matches: true });
  });
});

describe('hash-admission', () => {
  it('rejects the hashes for which there is no place, and says when to come back', async () => {
    await backend.switch('hash-admission', { enabled: true, settings: { limit: 1, queueLimit: 0 } });
    const path = `${backend.url}/api/hash?iterations=300000&mode=thread-pool`;
    const answers = await Promise.all([fetch(path), fetch(path)]);
    expect(answers.map(({ status }) => status).toSorted((left, right) => left - right)).toEqual([200, 503]);
    const rejected = answers.find(({ status }) => status === 503);
    expect(rejected?.headers.get('retry-after')).toBe('1');
    expect(await rejected?.json()).toMatchObject({ code: 'COMPUTATION_QUEUE_FULL' });
  });
});
