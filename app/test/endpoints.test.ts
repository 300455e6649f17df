import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend, until, type TestBackend } from './support/backend.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { startStubDownstream, type StubDownstream } from './support/stub-downstream.ts';

let database: TestDatabase;
let downstream: StubDownstream;
let backend: TestBackend;

beforeAll(async () => {
  [database, downstream] = await Promise.all([createTestDatabase(), startStubDownstream()]);
  backend = await startBackend({
    DATABASE_URL: database.url.replace('postgresql:', 'postgresql+asyncpg:'),
    DOWNSTREAM_SERVICE_URL: downstream.url,
    PARAMETER_MAXIMA: 'tasks.limit=3',
  });
});
afterAll(async () => {
  await backend.stop();
  await Promise.all([database.drop(), downstream.stop()]);
});

const get = (path: string): Promise<Response> => fetch(`${backend.url}${path}`);
const post = (body: string, type = 'application/json'): Promise<Response> =>
  fetch(`${backend.url}/api/tasks`, { method: 'POST', headers: { 'content-type': type }, body });

describe('probes and the page /', () => {
  it.each(['/health', '/livez', '/readyz'])('answers %s with 200 when all is well', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ replica: 'test-replica' });
  });

  it('says on / what runs and what it talks to, without credentials', async () => {
    await until(() => backend.ports.downstreamAnswers() === true);
    const info = await (await get('/')).json();
    expect(info).toMatchObject({
      name: 'backend-load-testing',
      replica: 'test-replica',
      uptimeSeconds: expect.any(Number),
      database: { answers: true },
      cache: { kind: 'in-process' },
      downstream: { url: downstream.url, answers: true },
      links: { docs: '/docs', openapi: '/openapi.json' },
    });
    const { username } = new URL(database.url);
    expect(JSON.stringify(info)).not.toContain(`${username}@`);
  });
});

describe('tasks', () => {
  it('creates a task, says where it is, and has it in the database', async () => {
    const response = await post(JSON.stringify({ title: 'first', description: 'ünïcode' }));
    expect(response.status).toBe(201);
    const task = (await response.json()) as { id: number };
    expect(response.headers.get('location')).toBe(`/api/tasks/${task.id}`);
    expect(task).toMatchObject({
      title: 'first',
      description: 'ünïcode',
      completed: false,
      replica: 'test-replica',
    });
    const rows = await database.query(`SELECT title FROM tasks WHERE id = ${task.id}`);
    expect(rows).toEqual([{ title: 'first' }]);
    expect(await (await get(`/api/tasks/${task.id}`)).json()).toMatchObject({ id: task.id, title: 'first' });
  });

  it('pages through all tasks, newest first, by the cursor', async () => {
    for (const title of ['a', 'b', 'c', 'd', 'e']) await post(JSON.stringify({ title }));
    const seen: number[] = [];
    let cursor: number | null = null;
    do {
      const page = (await (
        await get(`/api/tasks?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`)
      ).json()) as {
        tasks: { id: number }[];
        nextCursor: number | null;
      };
      seen.push(...page.tasks.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    const rows = await database.query('SELECT id FROM tasks ORDER BY id DESC');
    expect(seen).toEqual(rows.map(({ id }) => Number(id)));
  });

  it('answers 404 for a task that is not there and 422 for an id that is none', async () => {
    expect((await get('/api/tasks/999999999')).status).toBe(404);
    const response = await get('/api/tasks/abc');
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ errors: [{ field: 'id', received: 'abc' }] });
  });

  it('has the maximum that the configuration sets', async () => {
    expect((await get('/api/tasks?limit=3')).status).toBe(200);
    expect(await (await get('/api/tasks?limit=4')).json()).toMatchObject({
      errors: [{ field: 'limit', received: '4', legal: 'integer, 1 to 3' }],
    });
  });
});

describe('calls of the downstream', () => {
  it('answers with what was done', async () => {
    downstream.calls = 0;
    const cascade = await (await get('/api/cascade-failure?calls=2')).json();
    expect(cascade).toMatchObject({ calls: 2, replica: 'test-replica' });
    expect(downstream.calls).toBe(2);
    const { orderId } = cascade as { orderId: number };
    const rows = await database.query(`SELECT state FROM cascade_orders WHERE id = ${orderId}`);
    expect(rows).toEqual([{ state: 'confirmed' }]);
    expect(await (await get('/api/call-downstream')).json()).toMatchObject({ calls: 1 });
    expect(await (await get('/api/no-timeout')).json()).toMatchObject({ calls: 1 });
  });

  it.each(['error', 'truncated'] as const)(
    'answers 502 when the downstream fails by %s, and keeps no order',
    async (behaviour) => {
      downstream.behaviour = behaviour;
      const before = await database.query('SELECT count(*) FROM cascade_orders');
      for (const path of ['/api/cascade-failure', '/api/call-downstream', '/api/no-timeout']) {
        const response = await get(path);
        expect([path, response.status]).toEqual([path, 502]);
        expect(await response.json()).toMatchObject({ code: 'DOWNSTREAM_ERROR', instance: path });
      }
      downstream.behaviour = 'fast';
      expect(await database.query('SELECT count(*) FROM cascade_orders')).toEqual(before);
    },
  );

  it('gives up after timeout seconds, a fraction too, with 504, and cancels the call', async () => {
    downstream.behaviour = 'hang';
    const cancelled = downstream.cancelled;
    const response = await get('/api/call-downstream?timeout=0.05');
    downstream.behaviour = 'fast';
    expect(response.status).toBe(504);
    await until(() => downstream.cancelled === cancelled + 1);
  });
});

describe('every answer that is not a success', () => {
  it('is problem details, also for a body nested more deeply than can be repeated', async () => {
    for (const body of [
      '['.repeat(9000) + ']'.repeat(9000),
      `{"title":${'['.repeat(9000)}${']'.repeat(9000)}}`,
    ]) {
      const response = await fetch(`${backend.url}/api/tasks`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      expect([response.status, response.headers.get('content-type')]).toEqual([
        422,
        expect.stringMatching(/^application\/problem\+json/),
      ]);
      expect(await response.json()).toMatchObject({ code: 'INVALID_INPUT', status: 422 });
    }
  });

  it('is problem details for document paths that lead out of their folder', async () => {
    for (const path of ['/docs/static/%00', '/docs/static/..%2f..%2fpackage.json', '/docs/static/a%5cb']) {
      const response = await fetch(`${backend.url}${path}`);
      expect([path, response.status]).toEqual([path, 404]);
      expect(await response.json()).toMatchObject({ code: 'NOT_FOUND' });
    }
  });
});

describe('bad requests', () => {
  it.each([
    ['/api/cascade-failure?calls=0', [{ field: 'calls', received: '0', legal: 'integer, 1 to 20' }]],
    ['/api/call-downstream?timeout=-1', [{ field: 'timeout', received: '-1', legal: 'number, 0.001 to 60' }]],
    ['/api/tasks?limit=x&cursor=y', [{ field: 'limit' }, { field: 'cursor' }]],
  ])('answers %s with 422 and every faulty field', async (path, errors) => {
    const response = await get(path);
    expect(response.status).toBe(422);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({ status: 422, code: 'INVALID_INPUT', errors });
  });

  it.each([
    [
      { title: '', description: 1, completed: 'no', extra: 1 },
      ['extra', 'title', 'description', 'completed'],
    ],
    [{}, ['title']],
    [{ title: 'x\u0000y' }, ['title']],
    [{ title: 'x'.repeat(201) }, ['title']],
    [[], ['body']],
  ])('answers the task %j with 422', async (body, fields) => {
    const response = await post(JSON.stringify(body));
    expect(response.status).toBe(422);
    const { errors } = (await response.json()) as { errors: { field: string }[] };
    expect(errors.map(({ field }) => field)).toEqual(fields);
  });

  it.each([
    [() => post('{"title"'), 400, 'MALFORMED_REQUEST'],
    [() => post('title', 'text/csv'), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [() => post(JSON.stringify({ title: 'x'.repeat(2_000_000) })), 413, 'BODY_TOO_LARGE'],
    [() => get('/api/nothing'), 404, 'NOT_FOUND'],
    [() => get('/%'), 400, 'MALFORMED_REQUEST'],
    [() => fetch(`${backend.url}/health`, { method: 'DELETE' }), 404, 'NOT_FOUND'],
  ])('answers %s with status %i and problem details', async (send, status, code) => {
    const response = await send();
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({ status, code });
  });
});
