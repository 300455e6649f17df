import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend, type TestBackend } from './support/backend.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';

let database: TestDatabase;
let backend: TestBackend;

beforeAll(async () => {
  database = await createTestDatabase();
  backend = await startBackend({ DATABASE_URL: database.url, DOWNSTREAM_SERVICE_URL: 'http://127.0.0.1:1' });
});
afterAll(async () => {
  await backend.stop();
  await database.drop();
});

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function send(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${backend.url}${path}`, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

async function create(title: string): Promise<Record<string, unknown>> {
  return (await send('POST', '/api/tasks', { title, description: 'as created' })).body;
}

describe('PATCH /api/tasks/{id}', () => {
  it('changes what is given, leaves the rest, and moves updated_at on', async () => {
    const task = await create('before');
    const { status, body } = await send('PATCH', `/api/tasks/${task['id']}`, {
      title: 'after',
      completed: true,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: task['id'],
      title: 'after',
      description: 'as created',
      completed: true,
    });
    expect(body['created_at']).toBe(task['created_at']);
    expect(String(body['updated_at']) >= String(task['updated_at'])).toBe(true);
    const [row] = await database.query(`SELECT title, completed FROM tasks WHERE id = ${Number(task['id'])}`);
    expect(row).toEqual({ title: 'after', completed: true });
  });

  it('answers 409 when somebody else has changed the task since it was read, and changes nothing', async () => {
    const task = await create('shared');
    await new Promise((resolve) => setTimeout(resolve, 5));
    const seen = { updated_at: task['updated_at'] };
    expect((await send('PATCH', `/api/tasks/${task['id']}`, { title: 'first', ...seen })).status).toBe(200);
    const late = await send('PATCH', `/api/tasks/${task['id']}`, { title: 'second', ...seen });
    expect([late.status, late.body['code']]).toEqual([409, 'CONFLICT']);
    expect((await send('GET', `/api/tasks/${task['id']}`)).body['title']).toBe('first');
  });

  it('lets one of two through that saw the same task at the same time', async () => {
    const task = await create('raced');
    await new Promise((resolve) => setTimeout(resolve, 5));
    const change = { completed: true, updated_at: task['updated_at'] };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => send('PATCH', `/api/tasks/${task['id']}`, change)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([
      200,
      ...Array.from({ length: 7 }, () => 409),
    ]);
  });

  it('answers 422 for nothing to change, for wrong types and for a time that is none; 404 for no task', async () => {
    const { id } = await create('steady');
    for (const body of [
      {},
      { updated_at: '2026-11-25T10:00:00.000Z' },
      { title: 7 },
      { title: '' },
      { other: 1 },
    ]) {
      expect([body, (await send('PATCH', `/api/tasks/${id}`, body)).status]).toEqual([body, 422]);
    }
    for (const updated_at of ['yesterday', '2026-13-01T00:00:00.000Z', '2026-02-30T00:00:00.000Z']) {
      const { status } = await send('PATCH', `/api/tasks/${id}`, { completed: true, updated_at });
      expect([updated_at, status]).toEqual([updated_at, 422]);
    }
    expect((await send('PATCH', '/api/tasks/999999999', { completed: true })).status).toBe(404);
  });
});

describe('DELETE /api/tasks/{id}', () => {
  it('answers 204 once, then 404, and the task is gone', async () => {
    const { id } = await create('short-lived');
    expect(await send('DELETE', `/api/tasks/${id}`)).toEqual({ status: 204, body: {} });
    const again = await send('DELETE', `/api/tasks/${id}`);
    expect([again.status, again.body['code']]).toEqual([404, 'NOT_FOUND']);
    expect(await database.query(`SELECT 1 FROM tasks WHERE id = ${Number(id)}`)).toEqual([]);
  });
});

describe('the pages of GET /api/tasks', () => {
  it('have every task that was there at the first page once, while new ones are added', async () => {
    const ids: unknown[] = [];
    for (let made = 0; made < 25; made += 1) ids.push((await create(`paged ${made}`))['id']);
    const seen: unknown[] = [];
    let cursor: unknown = '';
    do {
      const { body } = await send('GET', `/api/tasks?limit=7${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...(body['tasks'] as { id: unknown }[]).map(({ id }) => id));
      cursor = body['nextCursor'];
      await create('added meanwhile');
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(ids));
  });
});
