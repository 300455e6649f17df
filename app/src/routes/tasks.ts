import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import type { Config } from '../config.ts';
import { Problem } from '../errors.ts';
import { configureParameters, TASK_LIST_PARAMETERS, withOptionalDefaults } from '../parameters.ts';
import type { Ports } from '../ports.ts';
import { problemResponses } from './problems.ts';
import { servedSchema, throughRequestEdge } from './request-edge.ts';

/** PostgreSQL's text cannot hold the character NUL. */
const WITHOUT_NUL = '^[^\\u0000]*$';

const NEW_TASK = Type.Object({
  title: Type.String({ minLength: 1, maxLength: 200, pattern: WITHOUT_NUL }),
  description: Type.String({ maxLength: 2000, pattern: WITHOUT_NUL, default: '' }),
  completed: Type.Boolean({ default: false }),
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

/** Tasks: ordinary, healthy routes that need nothing but the database; the ones that suffer from the failures of others. */
export function taskRoutes(app: FastifyInstance, ports: Ports, config: Config): void {
  createTaskRoute(app, ports, config);
  listTasksRoute(app, ports, config);
  readTaskRoute(app, ports, config);
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
    const statement = { name: 'task-read', text: `SELECT ${COLUMNS} FROM tasks WHERE id = $1`, values: [id] };
    const [row] = await ports.database.query<TaskRow>(statement, call);
    if (row === undefined) throw new Problem('NOT_FOUND', `there is no task ${id}`);
    return toTask(row);
  });
  app.get('/api/tasks/:id', { schema }, handler);
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
