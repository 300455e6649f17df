import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBackend, until, type TestBackend } from './support/backend.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** A door to the real database that can be shut: connections break and new ones are refused. */
async function createDoor(): Promise<{
  url: string;
  open: () => Promise<void>;
  shut: () => void;
  close: () => void;
}> {
  const target = new URL(database.url);
  const [host, port] = [target.hostname, Number(target.port || 5432)];
  const sockets = new Set<Socket>();
  const server: Server = createServer((inner) => {
    const outer = connect(port, host);
    for (const socket of [inner, outer]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        inner.destroy();
        outer.destroy();
      });
    }
    inner.pipe(outer).pipe(inner);
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port: doorPort } = server.address() as AddressInfo;
  target.hostname = '127.0.0.1';
  target.port = String(doorPort);
  const shut = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { url: target.href, open: () => listen(doorPort), shut, close: shut };
}

async function readiness(backend: TestBackend): Promise<[number, unknown]> {
  const response = await fetch(`${backend.url}/readyz`);
  return [response.status, await response.json()];
}

it('listens without a database, stays unready with the reason, becomes ready when it comes, and unready when it goes', async () => {
  const door = await createDoor();
  door.shut();
  const backend = await startBackend(
    { DATABASE_URL: door.url, DOWNSTREAM_SERVICE_URL: 'http://127.0.0.1:1' },
    (ports) => ports.databaseState().reason?.includes('ECONNREFUSED') === true,
  );
  expect(await readiness(backend)).toEqual([
    503,
    expect.objectContaining({
      isReady: false,
      notReady: [{ what: 'database', reason: expect.stringContaining('ECONNREFUSED') }],
    }),
  ]);
  expect((await fetch(`${backend.url}/health`)).status).toBe(200);
  const refused = await fetch(`${backend.url}/api/tasks`);
  expect([refused.status, await refused.json()]).toEqual([
    503,
    expect.objectContaining({ code: 'DATABASE_UNAVAILABLE' }),
  ]);

  await door.open();
  await until(async () => (await readiness(backend))[0] === 200);
  expect((await fetch(`${backend.url}/api/tasks`)).status).toBe(200);

  door.shut();
  await until(async () => (await readiness(backend))[0] === 503);
  expect((await fetch(`${backend.url}/api/tasks`)).status).toBe(503);
  await door.open();
  await until(async () => (await readiness(backend))[0] === 200);
  expect((await fetch(`${backend.url}/api/tasks`)).status).toBe(200);
  await backend.stop();
  door.close();
});

it('is ready without the downstream', async () => {
  const backend = await startBackend({
    DATABASE_URL: database.url,
    DOWNSTREAM_SERVICE_URL: 'http://127.0.0.1:1',
  });
  await until(() => backend.ports.downstreamAnswers() === false);
  expect((await readiness(backend))[0]).toBe(200);
  expect(await (await fetch(backend.url)).json()).toMatchObject({ downstream: { answers: false } });
  await backend.stop();
});

it('lets several replicas migrate an empty database at the same time', async () => {
  await database.query('DROP TABLE IF EXISTS tasks, cascade_orders, schema_migrations');
  const environment = {
    DATABASE_URL: database.url,
    DOWNSTREAM_SERVICE_URL: 'http://127.0.0.1:1',
    DATABASE_POOL_SIZE: '1',
  };
  const replicas = await Promise.all(Array.from({ length: 4 }, () => startBackend(environment)));
  for (const { url } of replicas) expect((await fetch(`${url}/api/tasks`)).status).toBe(200);
  expect(await database.query('SELECT version FROM schema_migrations')).toEqual([{ version: 1 }]);
  await Promise.all(replicas.map((replica) => replica.stop()));
});
