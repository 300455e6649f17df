import { expect, it, onTestFinished } from 'vitest';
import {
  createRecordingGuard,
  createTestFolder,
  createTestHost,
  eventually,
  repositoryRoot,
  startProgram,
} from '../../../../../test/local-target.ts';
import { openClient, startTcpServer } from '../../../../../test/loopback.ts';
import { isRunning, identifyProcess } from '../process-identity.ts';
import { startFaultProxy } from './fault-proxy.ts';

it('runs as a process whose fault can be set and lifted', async () => {
  const upstream = await startTcpServer((socket) => void socket.pipe(socket));
  const folder = createTestFolder();
  const proxy = await startFaultProxy(createTestHost(), {
    name: 'database',
    upstream,
    port: 0,
    environment: {},
    folder,
    logFolder: folder,
    repositoryRoot,
    guard: createRecordingGuard(),
    signal: new AbortController().signal,
  });
  onTestFinished(() => proxy.stop());
  // Asked without waiting: they are obeyed one after the other.
  await Promise.all([proxy.set({ kind: 'refuse' }), proxy.set(null), proxy.set({ kind: 'refuse' })]);
  expect(await openClient(proxy.port).ended).toBe('ECONNREFUSED');
  await proxy.set(null);
  const client = openClient(proxy.port);
  client.socket.write('hello');
  expect(await client.received(5)).toBe('hello');
  expect(await proxy.stats()).toEqual({ connections: 1, bytesFromServer: 5 });
});

it.each(['balancer', 'fault-proxy'])('%s ends when the process that started it is gone', async (entry) => {
  const { child, firstLine } = await startProgram(
    `import { fork } from 'node:child_process';
     const child = fork(process.argv[2], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
     child.send({ type: 'set-up', setUp: { level: 'connection', port: 0, upstream: { host: '127.0.0.1', port: 1 } } });
     child.once('message', () => console.log(child.pid));`,
    [`${repositoryRoot}lab/dist/entries/${entry}.js`],
  );
  const identity = identifyProcess(Number(firstLine), process.platform);
  expect(identity).not.toBeNull();
  child.kill('SIGKILL');
  expect(await eventually(() => identity === null || !isRunning(identity, process.platform), 2_000)).toBe(
    true,
  );
});
