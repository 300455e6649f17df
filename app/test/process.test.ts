import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from './support/backend.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { startStubDownstream, type StubDownstream } from './support/stub-downstream.ts';

const app = fileURLToPath(new URL('..', import.meta.url));
let database: TestDatabase;
let downstream: StubDownstream;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  execFileSync(process.execPath, [
    fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url)),
    '-b',
    app,
  ]);
  [database, downstream] = await Promise.all([createTestDatabase(), startStubDownstream()]);
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});
afterAll(() => Promise.all([database.drop(), downstream.stop()]));

interface Running {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  readonly exitCode: Promise<number | null>;
}

/** The compiled program with an environment made from nothing. */
function start(environment: Record<string, string>): Running {
  const child = fork(`${app}/dist/main.js`, {
    env: {
      HOST: '127.0.0.1',
      PORT: '0',
      CONTROL_PORT: '0',
      DATABASE_URL: database.url,
      DOWNSTREAM_SERVICE_URL: downstream.url,
      ...environment,
    },
    silent: true,
  });
  children.add(child);
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => (output.stdout += String(chunk)));
  child.stderr?.on('data', (chunk) => (output.stderr += String(chunk)));
  const exitCode = once(child, 'exit').then(([code]) => code as number | null);
  return { child, output, exitCode };
}

async function listening({ child }: Running): Promise<{ url: string; control: string; port: number }> {
  const [message] = (await once(child, 'message')) as [{ type: string; port: number; controlPort: number }];
  expect(message.type).toBe('listening');
  const url = `http://127.0.0.1:${message.port}`;
  await until(async () => (await fetch(`${url}/readyz`)).status === 200);
  return { url, control: `http://127.0.0.1:${message.controlPort}`, port: message.port };
}

describe('the running program', () => {
  it('tells its parent where it listens, serves, and exits with 0 at SIGTERM after what is in flight', async () => {
    const running = start({ DRAIN_DELAY_MS: '300' });
    const { url, port } = await listening(running);
    const unused = connect(port, '127.0.0.1');
    unused.on('error', () => {});
    downstream.behaviour = 'hang';
    const inFlight = fetch(`${url}/api/no-timeout`);
    await until(() => downstream.calls > 0);
    running.child.kill('SIGTERM');
    await until(async () => (await fetch(`${url}/readyz`)).status === 503);
    const during = await fetch(`${url}/health`);
    expect([during.status, during.headers.get('connection')]).toEqual([200, 'close']);
    await new Promise((resolve) => setTimeout(resolve, 500));
    downstream.behaviour = 'fast';
    downstream.release();
    expect((await inFlight).status).toBe(200);
    expect(await running.exitCode).toBe(0);
    unused.destroy();
  });

  it('exits with 1 when the grace period is not enough', async () => {
    const running = start({ GRACE_PERIOD_MS: '100' });
    const { url } = await listening(running);
    const before = downstream.calls;
    downstream.behaviour = 'hang';
    fetch(`${url}/api/no-timeout`).catch(() => {});
    await until(() => downstream.calls > before);
    running.child.kill('SIGINT');
    expect(await running.exitCode).toBe(1);
    downstream.behaviour = 'fast';
  });

  it('stops when its parent is gone', async () => {
    const running = start({});
    await listening(running);
    running.child.disconnect();
    expect(await running.exitCode).toBe(0);
  });

  it('writes one JSON line per request to stdout, or none with REQUEST_LOGS=false', async () => {
    for (const [requestLogs, expected] of [
      ['true', 1],
      ['false', 0],
    ] as const) {
      const running = start({ REQUEST_LOGS: requestLogs, REPLICA_NAME: 'r1' });
      const { url } = await listening(running);
      await (await fetch(`${url}/livez?x=1`)).text();
      running.child.kill('SIGTERM');
      await running.exitCode;
      const lines = running.output.stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      const requests = lines.filter(({ msg, route }) => msg === 'request' && route === '/livez');
      expect(requests).toHaveLength(expected);
      for (const request of requests)
        expect(request).toMatchObject({ replica: 'r1', method: 'GET', url: '/livez?x=1', status: 200 });
    }
  });
});

describe('a start that cannot work', () => {
  it('lists every fault of the environment on stderr and exits with 2', async () => {
    const running = start({ PORT: 'x', DATABASE_POOL_SIZE: '0', PROTECTIONS: 'retri' });
    expect(await running.exitCode).toBe(2);
    const { stdout, stderr } = running.output;
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .map((line) => line.split(':')[0]),
    ).toEqual(['PORT', 'DATABASE_POOL_SIZE', 'PROTECTIONS']);
    expect(stdout).toBe('');
  });

  it.each(['PORT', 'CONTROL_PORT'])(
    'says which port is taken and what to do (%s), and exits with 2',
    async (variable) => {
      const taken = createServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      const { port } = taken.address() as AddressInfo;
      const running = start({ [variable]: String(port) });
      expect(await running.exitCode).toBe(2);
      expect(running.output.stderr).toMatch(
        new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is already taken: .*${variable}.*\\n$`),
      );
      taken.close();
    },
  );
});
