import { createServer, type ServerResponse } from 'node:http';
import { Pool } from 'pg';

// The second yardstick of the bench: node:http, pg and nothing else, inserting the same row as POST /api/tasks.
const connections = Number(process.env['CONNECTIONS'] ?? '10');
const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: connections });
const statement = {
  name: 'task-insert',
  text: 'INSERT INTO tasks (title, description, completed) VALUES ($1, $2, $3) RETURNING *',
};

const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => void insert(body, response));
});

async function insert(body: string, response: ServerResponse): Promise<void> {
  try {
    const { title } = JSON.parse(body) as { title: string };
    const { rows } = await pool.query({ ...statement, values: [title, '', false] });
    const answer = JSON.stringify(rows[0]);
    response.writeHead(201, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(answer),
    });
    response.end(answer);
  } catch (error) {
    response.writeHead(500).end();
    process.send?.({ error: String(error) });
  }
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});
process.on('disconnect', () => process.exit(0));
