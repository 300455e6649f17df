import { chmodSync, cpSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createTestFolder, createTestHost } from '../../../../test/local-target.ts';
import {
  findPackagedFolder,
  findPostgresBinaries,
  readPostgresVersion,
  repairLinks,
} from './postgres-binaries.ts';
import { chooseUnprivilegedUser } from './unprivileged-user.ts';

const { signal } = new AbortController();
const isRoot = process.getuid?.() === 0;

it('uses the installed programs where they are when PostgreSQL’s user can reach them', async () => {
  const copyFolder = join(createTestFolder(), 'copy');
  const binaries = await findPostgresBinaries(createTestHost(), { copyFolder, signal });
  expect(binaries.version).toMatch(/^\d+\.\d+$/);
  expect(binaries.user === null).toBe(!isRoot);
});

it.runIf(isRoot)('as root, copies programs that lie under a 0700 folder', async () => {
  const hidden = join(createTestFolder(), 'hidden');
  mkdirSync(hidden, { mode: 0o700 });
  cpSync(findPackagedFolder(createTestHost()), join(hidden, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  chmodSync(join(hidden, 'native', 'bin', 'initdb'), 0o700);
  const copyFolder = join(createTestFolder(), 'copy');

  const options = { binFolder: join(hidden, 'native', 'bin'), copyFolder, signal };
  const binaries = await findPostgresBinaries(createTestHost(), options);

  expect(binaries.binFolder).toBe(join(copyFolder, 'bin'));
  expect(statSync(join(copyFolder, 'bin', 'initdb')).mode & 0o777).toBe(0o755);
  expect(statSync(join(hidden, 'native', 'bin', 'initdb')).mode & 0o777).toBe(0o700);
  expect(statSync(join(copyFolder, 'bin', 'postgres')).ino).toBe(
    statSync(join(hidden, 'native', 'bin', 'postgres')).ino,
  );
});

it('repairs links that a skipped install script has not made', () => {
  const folder = join(createTestFolder(), 'native');
  mkdirSync(join(folder, 'lib'), { recursive: true });
  const packaged = findPackagedFolder(createTestHost());
  cpSync(join(packaged, 'pg-symlinks.json'), join(folder, 'pg-symlinks.json'));
  const [first] = JSON.parse(readFileSync(join(folder, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
  const link = join(folder, '..', first?.target ?? '');

  repairLinks(folder);
  repairLinks(folder);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  rmSync(link);
  repairLinks(folder);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
});

it('says in one sentence what to do where there is no PostgreSQL', async () => {
  const host = { ...createTestHost(), platform: 'freebsd' as const };
  const search = findPostgresBinaries(host, { copyFolder: join(createTestFolder(), 'copy'), signal });
  await expect(search).rejects.toThrow(/no PostgreSQL for freebsd-\w+ .*--database-url, or use Docker/);
  expect(await readPostgresVersion(host, undefined, signal)).toBeNull();
});

it('prefers nobody, then postgres, and never a root by another name', () => {
  const nobody = 'nobody:*:-2:-2:Unprivileged User:/var/empty:/usr/bin/false';
  const postgres = 'postgres:x:101:104::/var/lib/postgresql:/bin/bash';
  expect(chooseUnprivilegedUser(`${postgres}\n${nobody}`)).toEqual({
    name: 'nobody',
    userId: -2,
    groupId: -2,
  });
  expect(chooseUnprivilegedUser(postgres)).toEqual({ name: 'postgres', userId: 101, groupId: 104 });
  expect(() => chooseUnprivilegedUser('nobody:x:0:0::/:/bin/sh\n##')).toThrow(/neither a user nobody/);
});
