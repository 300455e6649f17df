import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import {
  createRecordingGuard,
  createTestFolder,
  createTestHost,
  repositoryRoot,
} from '../../../../../test/local-target.ts';
import { listen } from '../../../../../test/loopback.ts';
import { startBalancer } from './balancer.ts';
import type { BalancerOptions } from './balancer.ts';

it.each(['connection', 'request'] as const)('runs as a process at level %s, and is ended', async (level) => {
  const guard = createRecordingGuard();
  const balancer = await start({ level, guard });
  const served = await listen(createServer((_, response) => response.end('served')));
  await balancer.setEndpoints([{ name: 'backend-1', host: '127.0.0.1', port: served }]);
  expect(await (await fetch(`http://127.0.0.1:${balancer.port}`)).text()).toBe('served');
  expect(await balancer.stats()).toEqual([
    { name: 'backend-1', connections: 1, requests: level === 'request' ? 1 : null },
  ]);
  await Promise.all([balancer.stop(), balancer.stop()]);
  expect(() => process.kill(balancer.pid, 0)).toThrow(/ESRCH/);
  expect(guard.calls).toEqual([`process ${balancer.pid}`, `forget-process ${balancer.pid}`]);
  await expect(balancer.stats()).rejects.toThrow('balancer has ended');
});

it('says why it cannot listen, and leaves nothing', async () => {
  const guard = createRecordingGuard();
  const port = await listen(createServer());
  await expect(start({ port, guard })).rejects.toMatchObject({
    code: 'service-failed',
    message: `balancer cannot listen: listen EADDRINUSE: address already in use 127.0.0.1:${port}`,
  });
  expect(guard.calls).toHaveLength(2);
});

it('rejects `failed` and what it is asked when it ends unasked', async () => {
  const balancer = await start();
  process.kill(balancer.pid, 'SIGSTOP');
  const asked = balancer.stats();
  asked.catch(() => undefined);
  process.kill(balancer.pid, 'SIGKILL');
  await expect(balancer.failed).rejects.toThrow('balancer ended unasked (SIGKILL):');
  await expect(asked).rejects.toThrow('balancer ended unasked (SIGKILL):');
});

it('leaves nothing when the start is aborted', async () => {
  const guard = createRecordingGuard();
  const controller = new AbortController();
  const starting = start({ guard, signal: controller.signal });
  controller.abort(new Error('stopped'));
  await expect(starting).rejects.toThrow('stopped');
  expect(guard.calls).toEqual([expect.stringMatching(/^process/), expect.stringMatching(/^forget-process/)]);
});

async function start(changes: Partial<BalancerOptions> = {}) {
  const folder = createTestFolder();
  const balancer = await startBalancer(createTestHost(), {
    level: 'connection',
    port: 0,
    environment: {},
    folder,
    logFolder: folder,
    repositoryRoot,
    guard: createRecordingGuard(),
    signal: new AbortController().signal,
    ...changes,
  });
  onTestFinished(() => balancer.stop());
  return balancer;
}
