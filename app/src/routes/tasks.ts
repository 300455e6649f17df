import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import type { Config } from '../config.ts';
import { Problem } from '../errors.ts';
import type { Call } from '../kernel/call.ts';
import type { Fault } from '../kernel/settings.ts';
import { configureParameters, TASK_LIST_PARAMETERS, withOptionalDefaults } from '../parameters.ts';
import type { Ports } from '../ports.ts';
import { problemResponses } from './problems.ts';
import { servedSchema, throughRequestEdge } from './request-edge.ts';

/** PostgreSQL's text cannot hold the character NUL. */
const WITHOUT_NUL = '^[^\\u0000]*$';

/** What Date's toISOString gives, with months, days and hours that exist. */
const UTC_TIME =
  '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d\\.\\d{3}Z$';

const TITLE = Type.String({ minLength: 1, maxLength: 200, pattern: WITHOUT_NUL });
const DESCRIPTION = Type.String({ maxLength: 2000, pattern: WITHOUT_NUL });

const NEW_TASK = Type.Object({
  title: TITLE,
  description: Type.String({ ...DESCRIPTION, default: '' }),
  completed: Type.Boolean({ default: false }),
});

const TASK_CHANGES = Type.Object({
  title: Type.Optional(TITLE),
  description: Type.Optional(DESCRIPTION),
  completed: Type.Optional(Type.Boolean()),
  updated_at: Type.Optional(
    Type.String({
      pattern: UTC_TIME,
      maxLength: 24,
      description: 'as it was read, 2026-11-25T10:00:00.000Z; another one means 409',
    }),
  ),
});

const TASK = Type.Object({
  id: Type.Integer(),
  title: Type.String(),
  description: Type.String(),
  completed: Type.Boolean(),
  created_at: Type.String({ format: 'date-time' }),
  updated_at: Type.String({ format: 'date-time' }),
});
type Task = Static<typeof TASK>;

const TASK_ID = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });
const PAGE = Type.Object({ tasks: Type.Array(TASK), nextCursor: Type.Union([Type.Integer(), Type.Null()]) });
const COLUMNS = 'id, title, description, completed, created_at, updated_at';
const READ = { name: 'task-read', text: `SELECT ${COLUMNS} FROM tasks WHERE id = $1` };

/** Tasks: ordinary, healthy routes that need nothing but the database; the ones that suffer from the failures of others. */
export function taskRoutes(app: FastifyInstance, ports: Ports, config: Config): void {
  createTaskRoute(app, ports, config);
  listTasksRoute(app, ports, config);
  readTaskRoute(app, ports, config);
  changeTaskRoute(app, ports, config);
  deleteTaskRoute(app, ports, config);
}

function createTaskRoute(app: FastifyInstance, ports: Ports, { replica }: Config): void {
  const schema = {
    tags: ['tasks'],
    summary: 'Creates a task; it is durable before it is acknowledged.',
    body: withOptionalDefaults(NEW_TASK),
    response: {
      201: servedSchema(TASK),
      ...problemResponses('INVALID_INPUT', 'MALFORMED_REQUEST', 'DATABASE_UNAVAILABLE'),
    },
  };
  const handler = throughRequestEdge(ports, replica, '/api/tasks', async (request, call, reply) => {
    const { title, description, completed } = request.body as Static<typeof NEW_TASK>;
    const statement = {
      name: 'task-insert',
      text: `INSERT INTO tasks (title, description, completed) VALUES ($1, $2, $3) RETURNING ${COLUMNS}`,
      values: [title, description, completed],
    };
    const [row] = await ports.database.query<TaskRow>(statement, call);
    if (row === undefined) throw new Error('INSERT … RETURNING gave no row');
    const task = toTask(row);
    reply.code(201).header('location', `/api/tasks/${task.id}`);
    return task;
  });
  app.post('/api/tasks', { schema }, handler);
}

function listTasksRoute(app: FastifyInstance, ports: Ports, config: Config): void {
  const parameters = configureParameters('tasks', TASK_LIST_PARAMETERS, config);
  const schema = {
    tags: ['tasks'],
    summary: 'Lists tasks, newest first; nextCursor of one page is the cursor of the next.',
    querystring: parameters,
    response: { 200: servedSchema(PAGE), ...problemResponses('INVALID_INPUT', 'DATABASE_UNAVAILABLE') },
  };
  const handler = throughRequestEdge(ports, config.replica, '/api/tasks', async (request, call) => {
    const { limit, cursor } = request.query as Static<typeof TASK_LIST_PARAMETERS>;
    const statement = {
      name: 'task-list',
      text: `SELECT ${COLUMNS} FROM tasks WHERE id < $1 ORDER BY id DESC LIMIT $2`,
      values: [cursor ?? Number.MAX_SAFE_INTEGER, limit + 1],
    };
    const rows = await ports.database.query<TaskRow>(statement, call);
    const tasks = rows.slice(0, limit).map(toTask);
    return { tasks, nextCursor: rows.length > limit ? (tasks.at(-1)?.id ?? null) : null };
  });
  app.get('/api/tasks', { schema }, handler);
}

function readTaskRoute(app: FastifyInstance, ports: Ports, { replica }: Config): void {
  const schema = {
    tags: ['tasks'],
    summary: 'One task.',
    params: TASK_ID,
    response: {
      200: servedSchema(TASK),
      ...problemResponses('NOT_FOUND', 'INVALID_INPUT', 'DATABASE_UNAVAILABLE'),
    },
  };
  const handler = throughRequestEdge(ports, replica, '/api/tasks/{id}', async (request, call) => {
    const { id } = request.params as Static<typeof TASK_ID>;
    const [row] = await ports.database.query<TaskRow>({ ...READ, values: [id] }, call);
    if (row === undefined) throw new Problem('NOT_FOUND', `there is no task ${id}`);
    return toTask(row);
  });
  app.get('/api/tasks/:id', { schema }, handler);
}

function changeTaskRoute(app: FastifyInstance, ports: Ports, { replica }: Config): void {
  const schema = {
    tags: ['tasks'],
    summary: 'Changes what is given; with updated_at only if nobody has changed the task since.',
    params: TASK_ID,
    body: TASK_CHANGES,
    response: {
      200: servedSchema(TASK),
      ...problemResponses(
        'NOT_FOUND',
        'CONFLICT',
        'INVALID_INPUT',
        'MALFORMED_REQUEST',
        'DATABASE_UNAVAILABLE',
      ),
    },
  };
  const handler = throughRequestEdge(ports, replica, '/api/tasks/{id}', async (request, call) => {
    const { id } = request.params as Static<typeof TASK_ID>;
    const { title, description, completed, updated_at } = request.body as Static<typeof TASK_CHANGES>;
    const faults = faultsOf(request.body as Static<typeof TASK_CHANGES>);
    if (faults.length > 0) throw new Problem('INVALID_INPUT', 'this change cannot be made', { faults });
    const statement = {
      name: 'task-change',
      text: CHANGE,
      values: [id, title ?? null, description ?? null, completed ?? null, updated_at ?? null],
    };
    const [row] = await ports.database.query<TaskRow>(statement, call);
    if (row === undefined) throw await whyNotChanged(ports, id, updated_at, call);
    return toTask(row);
  });
  app.patch('/api/tasks/:id', { schema }, handler);
}

/**
 * One statement, so there is no moment between looking and writing. Times are compared in milliseconds, as the API shows
 * them; for the same reason each change moves updated_at on by one at least: two states never look the same.
 */
const CHANGE = `UPDATE tasks SET title = coalesce($2, title), description = coalesce($3, description),
    completed = coalesce($4, completed),
    updated_at = greatest(clock_timestamp(), date_trunc('milliseconds', updated_at) + interval '1 millisecond')
  WHERE id = $1 AND ($5::timestamptz IS NULL OR date_trunc('milliseconds', updated_at) = $5::timestamptz)
  RETURNING ${COLUMNS}`;

async function whyNotChanged(
  { database }: Ports,
  id: number,
  seen: string | undefined,
  call: Call,
): Promise<Problem> {
  const [row] = await database.query<TaskRow>({ ...READ, values: [id] }, call);
  if (row === undefined || seen === undefined) return new Problem('NOT_FOUND', `there is no task ${id}`);
  return new Problem('CONFLICT', `task ${id} was changed at ${row.updated_at.toISOString()}, not at ${seen}`);
}

/** What the schema cannot see: nothing to change, and a date that no calendar has. */
function faultsOf({ title, description, completed, updated_at }: Static<typeof TASK_CHANGES>): Fault[] {
  const isEmpty = title === undefined && description === undefined && completed === undefined;
  const isTime =
    updated_at === undefined ||
    (!updated_at.startsWith('0000') && new Date(updated_at).toISOString() === updated_at);
  return [
    ...(isEmpty
      ? [{ field: 'body', received: null, legal: 'at least one of title, description, completed' }]
      : []),
    ...(isTime ? [] : [{ field: 'updated_at', received: updated_at, legal: 'a time that exists, in UTC' }]),
  ];
}

function deleteTaskRoute(app: FastifyInstance, ports: Ports, { replica }: Config): void {
  const schema = {
    tags: ['tasks'],
    summary: 'Deletes a task.',
    params: TASK_ID,
    response: {
      204: { description: 'The task is gone.', type: 'null' },
      ...problemResponses('NOT_FOUND', 'INVALID_INPUT', 'DATABASE_UNAVAILABLE'),
    },
  };
  const handler = throughRequestEdge(ports, replica, '/api/tasks/{id}', async (request, call) => {
    const { id } = request.params as Static<typeof TASK_ID>;
    const statement = {
      name: 'task-delete',
      text: 'DELETE FROM tasks WHERE id = $1 RETURNING id',
      values: [id],
    };
    const [row] = await ports.database.query<{ id: string }>(statement, call);
    if (row === undefined) throw new Problem('NOT_FOUND', `there is no task ${id}`);
    return {};
  });
  app.delete('/api/tasks/:id', { schema }, async (request, reply) => {
    await handler(request, reply);
    return reply.code(204).send();
  });
}

/** As pg gives it: bigint as text, times as Date. */
interface TaskRow {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly completed: boolean;
  readonly created_at: Date;
  readonly updated_at: Date;
}

function toTask(row: TaskRow): Task {
  return {
    id: Number(row.id),
    title: row.title,
    description: row.description,
    completed: row.completed,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}
