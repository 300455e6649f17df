import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { forkService, spawnService, whenListening } from './child-service.ts';
import type { Child } from './child-service.ts';

const FREE_PORTS = { HOST: '127.0.0.1', PORT: '0', CONTROL_PORT: '0' };

const started: Child[] = [];

const start = (make: typeof forkService, env: Record<string, string> = {}): Child => {
  const service = make({ ...FREE_PORTS, ...env });
  started.push(service);
  return service;
};

afterEach(async () => {
  for (const { child } of started) child.kill('SIGKILL');
  await Promise.all(started.splice(0).map(({ ended }) => ended));
});

test('tells its parent where it listens, and serves there', async () => {
  const service = start(forkService);
  const { type, port, controlPort } = await whenListening(service);
  expect(type).toBe('listening');
  expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
  expect((await fetch(`http://127.0.0.1:${controlPort}/behaviour`)).status).toBe(200);
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s finishes what is in flight and exits with 0',
  async (signal) => {
    const service = start(forkService);
    const { port } = await whenListening(service);
    const answer = fetch(`http://127.0.0.1:${port}/slow?delay=0.5`);
    await expect
      .poll(async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text())
      .toMatch(/active_requests 2/);
    service.child.kill(signal);
    expect((await answer).status).toBe(200);
    expect((await service.ended).exitCode).toBe(0);
  },
);

test('keeps serving for the drain delay, and says so', async () => {
  const service = start(forkService, { DRAIN_DELAY_MS: '1000' });
  const { port } = await whenListening(service);
  service.child.kill('SIGTERM');
  await expect.poll(async () => (await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(503);
  const answer = await fetch(`http://127.0.0.1:${port}/slow?delay=0`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('connection')).toBe('close');
  expect((await service.ended).exitCode).toBe(0);
});

test('cuts off what takes longer than the grace period and exits with 1', async () => {
  const service = start(forkService, { GRACE_PERIOD_MS: '100' });
  const { port } = await whenListening(service);
  const answer = fetch(`http://127.0.0.1:${port}/timeout-trap`).catch(() => 'cut off');
  await expect
    .poll(async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text())
    .toMatch(/active_requests 2/);
  service.child.kill('SIGTERM');
  expect((await service.ended).exitCode).toBe(1);
  expect(await answer).toBe('cut off');
});

test('ends when its parent is gone', async () => {
  const service = start(forkService);
  await whenListening(service);
  service.child.disconnect();
  expect((await service.ended).exitCode).toBe(0);
});

test('a bad environment is reported whole, with exit code 2 and nothing started', async () => {
  const { ended } = start(spawnService, { PORT: 'http', DEFAULT_DELAY: '-1', CONTROL_HOST: '0.0.0.0' });
  const { exitCode, stdout, stderr } = await ended;
  expect(exitCode).toBe(2);
  expect(stdout).toBe('');
  expect(stderr.trim().split('\n')).toEqual([
    'PORT: received "http", legal a whole number from 0 to 65535',
    'DEFAULT_DELAY: received "-1", legal a number from 0 to 3600 (seconds)',
    'CONTROL_TOKEN: received nothing, legal text of at least 16 characters, since CONTROL_HOST is not loopback',
  ]);
});

test.each(['PORT', 'CONTROL_PORT'])('a taken %s ends with one sentence and exit code 2', async (variable) => {
  const blocker = createServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  const address = blocker.address();
  const port = typeof address === 'object' ? String(address?.port) : '';
  const { exitCode, stderr } = await start(spawnService, { [variable]: port }).ended;
  blocker.close();
  expect(exitCode).toBe(2);
  expect(stderr).toBe(
    `Port ${port} on 127.0.0.1 is taken: stop the program that uses it, or set ${variable} to another port (0 takes a free one).\n`,
  );
});

test('logs one line per request as JSON, or none when told so', async () => {
  for (const [requestLogs, lines] of [
    ['true', 1],
    ['false', 0],
  ] as const) {
    const service = start(forkService, { REQUEST_LOGS: requestLogs });
    const { port } = await whenListening(service);
    await (await fetch(`http://127.0.0.1:${port}/slow?delay=0`)).text();
    service.child.kill('SIGTERM');
    const { stdout } = await service.ended;
    const logged = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(logged.filter(({ msg }) => msg === 'request')).toHaveLength(lines);
  }
});
