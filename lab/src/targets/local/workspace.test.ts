import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createTestHost } from '../../../../test/local-target.ts';
import type { LocalHost } from './local-host.ts';
import { createWorkspace, removeAbandonedWorkspaces, toWorkspaceFolder } from './workspace.ts';

it('can be passed through by PostgreSQL’s user only when the lab is root', () => {
  const { folder, workFolder } = createWorkspace(createTestHost(), 'a');
  expect(statSync(folder).mode & 0o777).toBe(process.getuid?.() === 0 ? 0o711 : 0o700);
  expect(statSync(workFolder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, 'owner.json')).mode & 0o777).toBe(0o600);
});

it('removes the folders of dead owners and no other', async () => {
  const host = createTestHost();
  const living = createWorkspace(host, 'living');
  const dead = makeFolder(
    host,
    'dead',
    JSON.stringify({ runId: 'dead', pid: host.pid, startTime: 'long ago' }),
  );
  const unknown = makeFolder(host, 'unknown', 'not JSON');
  const misnamed = makeFolder(
    host,
    'misnamed',
    JSON.stringify({ runId: 'dead', pid: host.pid, startTime: 'x' }),
  );
  const target = makeFolder(host, 'target', '');
  symlinkSync(dead, toWorkspaceFolder(host, 'link'));

  expect(await removeAbandonedWorkspaces(host)).toEqual(['dead']);
  expect([living.folder, unknown, misnamed, target].map((folder) => existsSync(folder))).toEqual(
    Array(4).fill(true),
  );
  expect(existsSync(dead)).toBe(false);

  living.remove();
  expect(existsSync(living.folder)).toBe(false);
});

it('removes what a lab left that was killed while it made its folder', async () => {
  const host = createTestHost();
  const [dead, living] = [0x7ffffff0, host.pid].map((pid) =>
    join(host.temporaryFolder, `.backend-load-testing-${pid}-x`),
  );
  for (const folder of [dead, living]) mkdirSync(folder ?? '');
  await removeAbandonedWorkspaces(host);
  expect([dead, living].map((folder) => existsSync(folder ?? ''))).toEqual([false, true]);
});

it.runIf(process.getuid?.() === 0)('leaves the folders of other users alone', async () => {
  const host = createTestHost();
  makeFolder(host, 'dead', JSON.stringify({ runId: 'dead', pid: host.pid, startTime: 'long ago' }));
  expect(await removeAbandonedWorkspaces({ ...host, userId: 12345 })).toEqual([]);
});

function makeFolder(host: LocalHost, runId: string, owner: string): string {
  const folder = toWorkspaceFolder(host, runId);
  mkdirSync(folder);
  writeFileSync(join(folder, 'owner.json'), owner);
  return folder;
}
