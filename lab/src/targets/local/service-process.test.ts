import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createRecordingGuard, createTestFolder, createTestHost } from '../../../../test/local-target.ts';
import { standInService } from '../../../../test/local-target.ts';
import { readCpuSeconds } from './cpu-seconds.ts';
import { startService } from './service-process.ts';
import type { ServiceOptions, ServiceProcess } from './service-process.ts';

const { signal } = new AbortController();

it('gives a service exactly the environment that it is told, and nothing of the lab’s own', async () => {
  process.env['HTTPS_PROXY'] = 'http://proxy.invalid';
  onTestFinished(() => {
    delete process.env['HTTPS_PROXY'];
  });
  const service = await start(standInService);
  const seen = (await (await fetch(`http://127.0.0.1:${service.port}`)).json()) as Record<string, string>;
  expect(seen).toEqual({ PATH: '/usr/bin:/bin', PORT: '0', CONTROL_PORT: '0' });
});

it('stops a service by SIGTERM, tells the guard, and does not call that a failure', async () => {
  const guard = createRecordingGuard();
  const service = await start(standInService, { guard });
  let hasFailed = false;
  service.failed.catch(() => {
    hasFailed = true;
  });
  await Promise.all([service.stop(), service.stop()]);
  expect(() => process.kill(service.pid, 0)).toThrow(/ESRCH/);
  expect(guard.calls).toEqual([`process ${service.pid}`, `forget-process ${service.pid}`]);
  expect(hasFailed).toBe(false);
});

it('kills a service that ignores SIGTERM, and what is in its group', async () => {
  const stubborn = `
    const { spawn } = require('node:child_process');
    process.on('SIGTERM', () => {});
    setInterval(() => {}, 1000);
    const child = spawn('/bin/sleep', ['60'], { stdio: 'ignore' });
    process.send({ type: 'listening', port: child.pid, controlPort: 1 });
  `;
  const service = await start(stubborn, { graceMs: 100 });
  await service.stop();
  for (const pid of [service.pid, service.port]) expect(readCpuSeconds([pid], [], 'linux')).toBe(0);
});

it('says how a service ended before it listened, with its last lines', async () => {
  const failing = `console.error('PORT: received 99999, legal 0 to 65535'); process.exit(2);`;
  await expect(start(failing)).rejects.toMatchObject({
    code: 'service-failed',
    message: 'backend-1 ended unasked (exit code 2):\n  PORT: received 99999, legal 0 to 65535',
  });
});

it('rejects `failed` when a running service ends unasked', async () => {
  const service = await start(standInService);
  process.kill(service.pid, 'SIGKILL');
  await expect(service.failed).rejects.toThrow('backend-1 ended unasked (SIGKILL):');
});

it('leaves nothing when the start is aborted', async () => {
  const guard = createRecordingGuard();
  const controller = new AbortController();
  const starting = start('setInterval(() => {}, 1000)', { guard, signal: controller.signal });
  controller.abort(new Error('stopped'));
  await expect(starting).rejects.toThrow('stopped');
  expect(guard.calls).toEqual([expect.stringMatching(/^process/), expect.stringMatching(/^forget-process/)]);
});

it('names the command that builds a missing program', async () => {
  await expect(start(null)).rejects.toMatchObject({
    code: 'not-built',
    message: expect.stringMatching(/npm run build/) as string,
  });
});

async function start(program: string | null, options: Partial<ServiceOptions> = {}): Promise<ServiceProcess> {
  const folder = createTestFolder();
  const file = join(folder, 'main.cjs');
  if (program !== null) writeFileSync(file, program);
  const service = await startService(createTestHost(), {
    name: 'backend-1',
    program: file,
    environment: { PATH: '/usr/bin:/bin', PORT: '0', CONTROL_PORT: '0' },
    folder,
    logFolder: folder,
    graceMs: 2_000,
    guard: createRecordingGuard(),
    signal,
    ...options,
  });
  onTestFinished(() => service.stop());
  return service;
}
