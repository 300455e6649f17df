import { expect, it, onTestFinished } from 'vitest';
import { createRecordingGuard, createTestHost, repositoryRoot } from '../../../../test/local-target.ts';
import { startStandInService } from '../../../test/fakes/stand-in-program.ts';
import { findFreePort } from '../local/ports.ts';
import { createClient } from './client.ts';
import { proxyCommand, startContainerProxy } from './fault-proxy.ts';

const { signal } = new AbortController();

/** The program of the container, without a container. */
async function start(upstreamPort: number, repository = repositoryRoot) {
  const guard = createRecordingGuard();
  const environment = { PATH: process.env['PATH'] ?? '' };
  const client = createClient(createTestHost(), { program: '/usr/bin/env', environment, guard });
  const port = await findFreePort();
  const proxy = await startContainerProxy({
    name: 'proxy-downstream',
    repositoryRoot: repository,
    setUp: { port, upstream: { host: '127.0.0.1', port: upstreamPort } },
    open: (onLine) => client.open(proxyCommand, onLine),
    signal,
  });
  onTestFinished(() => proxy.stop());
  return { proxy, ask: () => fetch(`http://127.0.0.1:${port}`).then(({ status }) => status) };
}

it('ships its program to a container that has nothing but Node, and obeys there', async () => {
  const service = await startStandInService(
    () => ({}),
    () => undefined,
  );
  const { proxy, ask } = await start(service.port);
  expect(await ask()).toBe(200);
  await proxy.set({ kind: 'refuse' });
  await expect(ask()).rejects.toThrow('fetch failed');
  await proxy.set(null);
  expect(await ask()).toBe(200);
  await proxy.stop();
  await expect(ask()).rejects.toThrow('fetch failed');
});

it('says when the lab was not compiled', async () => {
  await expect(start(1, '/nowhere')).rejects.toMatchObject({ code: 'not-built' });
});
