import { describe, expect, it } from 'vitest';
import { until, useBackend } from './support/backend.ts';

const { database, backend } = await useBackend();

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
    const { status, body } = await send('PATCH', `/api/tasks/${String(task['id'])}`, {
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
    expect(String(body['updated_at']) > String(task['updated_at'])).toBe(true);
    const [row] = await database.query(`SELECT title, completed FROM tasks WHERE id = ${Number(task['id'])}`);
    expect(row).toEqual({ title: 'after', completed: true });
  });

  it('answers 409 when somebody else has changed the task since it was read, and changes nothing', async () => {
    const task = await create('shared');
    const seen = { updated_at: task['updated_at'] };
    expect(
      (await send('PATCH', `/api/tasks/${String(task['id'])}`, { title: 'first', ...seen })).status,
    ).toBe(200);
    const late = await send('PATCH', `/api/tasks/${String(task['id'])}`, { title: 'second', ...seen });
    expect([late.status, late.body['code']]).toEqual([409, 'CONFLICT']);
    expect((await send('GET', `/api/tasks/${String(task['id'])}`)).body['title']).toBe('first');
  });

  it('goes by the milliseconds that it shows, whatever the microseconds are', async () => {
    const { id } = await create('precise');
    await database.query(
      `UPDATE tasks SET updated_at = '2026-11-25 10:00:00.123999+00' WHERE id = ${Number(id)}`,
    );
    const seen = (await send('GET', `/api/tasks/${String(id)}`)).body['updated_at'];
    expect(seen).toBe('2026-11-25T10:00:00.123Z');
    const late = { completed: true, updated_at: '2026-11-25T10:00:00.124Z' };
    expect((await send('PATCH', `/api/tasks/${String(id)}`, late)).body['detail']).toBe(
      `task ${String(id)} was changed at 2026-11-25T10:00:00.123Z, not at 2026-11-25T10:00:00.124Z`,
    );
    expect((await send('PATCH', `/api/tasks/${String(id)}`, { ...late, updated_at: seen })).status).toBe(200);
  });

  it('never shows two states with the same time, not even after a clock that ran ahead', async () => {
    const { id } = await create('ahead');
    await database.query(
      `UPDATE tasks SET updated_at = '2096-01-01 00:00:00.000999+00' WHERE id = ${Number(id)}`,
    );
    const times: unknown[] = [];
    for (const completed of [true, false]) {
      times.push((await send('PATCH', `/api/tasks/${String(id)}`, { completed })).body['updated_at']);
    }
    expect(times).toEqual(['2096-01-01T00:00:00.001Z', '2096-01-01T00:00:00.002Z']);
  });

  it('answers 404 when the task is deleted while the change waits for it', async () => {
    const { id } = await create('doomed');
    const deletion = database.query(
      `BEGIN; DELETE FROM tasks WHERE id = ${Number(id)}; SELECT pg_sleep(0.3); COMMIT`,
    );
    await until(async () => {
      const busy = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`;
      return (await database.query(busy)).length === 1;
    });
    const { status, body } = await send('PATCH', `/api/tasks/${String(id)}`, { completed: true });
    await deletion;
    expect([status, body['code']]).toEqual([404, 'NOT_FOUND']);
  });

  it('lets one of two through that saw the same task at the same time', async () => {
    const task = await create('raced');
    const change = { completed: true, updated_at: task['updated_at'] };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => send('PATCH', `/api/tasks/${String(task['id'])}`, change)),
    );
    expect(answers.map(({ status }) => status).sort((left, right) => left - right)).toEqual([
      200,
      ...Array.from({ length: 7 }, () => 409),
    ]);
  });

  it('answers 422 for nothing to change, for wrong types and for a time that is none; 404 for no task', async () => {
    const { id } = await create('steady');
    for (const body of [
      undefined,
      null,
      [],
      {},
      { updated_at: '2026-11-25T10:00:00.000Z' },
      { title: 7 },
      { title: '' },
      { other: 1 },
    ]) {
      expect([body, (await send('PATCH', `/api/tasks/${String(id)}`, body)).status]).toEqual([body, 422]);
    }
    for (const updated_at of ['yesterday', '2026-13-01T00:00:00.000Z', '2026-02-30T00:00:00.000Z']) {
      const { status } = await send('PATCH', `/api/tasks/${String(id)}`, { completed: true, updated_at });
      expect([updated_at, status]).toEqual([updated_at, 422]);
    }
    expect((await send('PATCH', '/api/tasks/999999999', { completed: true })).status).toBe(404);
  });
});

describe('DELETE /api/tasks/{id}', () => {
  it('answers 204 once, then 404, and the task is gone', async () => {
    const { id } = await create('short-lived');
    expect(await send('DELETE', `/api/tasks/${String(id)}`)).toEqual({ status: 204, body: {} });
    const again = await send('DELETE', `/api/tasks/${String(id)}`);
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
      const { body } = await send(
        'GET',
        `/api/tasks?limit=7${cursor === '' ? '' : `&cursor=${String(cursor)}`}`,
      );
      seen.push(...(body['tasks'] as { id: unknown }[]).map(({ id }) => id));
      cursor = body['nextCursor'];
      await create('added meanwhile');
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(ids));
  });
});
