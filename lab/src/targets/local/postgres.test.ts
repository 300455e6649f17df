import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createRecordingGuard, createTestFolder, createTestHost } from '../../../../test/local-target.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { startPostgres } from './postgres.ts';
import type { PostgresOptions } from './postgres.ts';
import { runSql } from './sql-session.ts';

const { signal } = new AbortController();
const limits = { connectDeadlineMs: 2_000, statementDeadlineMs: 5_000 };

it('starts a durable server on the loopback address, gives out databases without superuser, and leaves nothing', async () => {
  const options = await createOptions();
  const server = await startPostgres(createTestHost(), options);
  onTestFinished(() => server.stop());
  const settings = `SELECT current_setting('listen_addresses') AS address, current_setting('fsync') AS fsync`;
  expect(await runSql(server.adminUrl, [settings], limits)).toEqual([{ address: '127.0.0.1', fsync: 'on' }]);

  const database = await server.createDatabase('lab_1', { signal });
  const role = 'SELECT rolname, rolsuper FROM pg_roles WHERE rolname = current_user';
  expect(await runSql(database.url, ['CREATE TABLE t (id int)', role], limits)).toEqual([
    { rolname: 'lab_app', rolsuper: false },
  ]);
  const withoutPassword = database.url.replace(/:[^:@]+@/, ':wrong@');
  await expect(runSql(withoutPassword, ['SELECT 1'], limits)).rejects.toThrow(
    /password authentication failed/,
  );
  await database.drop();
  const others = `SELECT datname FROM pg_database WHERE datname LIKE 'lab%'`;
  expect(await runSql(server.adminUrl, [others], limits)).toEqual([]);
  await server.stop();
  await server.stop();
  expect(existsSync(options.folder)).toBe(false);
  await expect(runSql(server.adminUrl, ['SELECT 1'], limits)).rejects.toThrow(/ECONNREFUSED/);
  expect(options.guard.calls).toEqual([
    expect.stringMatching(/^process /),
    expect.stringMatching(/^forget-process /),
    `postgres ${server.postmasterPid}`,
    `forget-process ${server.postmasterPid}`,
  ]);
});

it('says with its last log lines that it ended unasked', async () => {
  const server = await startPostgres(createTestHost(), await createOptions());
  onTestFinished(() => server.stop());
  process.kill(server.postmasterPid ?? 0, 'SIGQUIT');
  await expect(server.failed).rejects.toThrow(
    /PostgreSQL ended unasked \(exit code 0\):[^]*received immediate shutdown/,
  );
});

it.each([
  ['initdb', 'exit 1', `PostgreSQL's initdb failed:\n  initdb is broken`],
  ['postgres', 'exit 3', 'PostgreSQL ended unasked (exit code 3):\n  postgres is broken'],
])(
  'shows the last lines of a %s that does not work, and removes its folder',
  async (program, end, message) => {
    const broken = createPrograms();
    writeProgram(
      broken,
      'initdb',
      'for option; do case $option in --pgdata=*) mkdir "${option#*=}";; esac; done',
    );
    writeProgram(broken, program, `echo ${program} is broken; ${end}`);
    const options = await createOptions(broken);
    await expect(startPostgres(createTestHost(), options)).rejects.toMatchObject({
      code: 'postgres-failed',
      message,
    });
    expect(existsSync(options.folder)).toBe(false);
  },
);

it('leaves nothing when it is aborted half-way', async () => {
  const reason = new Error('stopped');
  const controller = new AbortController();
  const options = { ...(await createOptions()), signal: controller.signal };
  const starting = startPostgres(createTestHost(), options);
  setTimeout(() => controller.abort(reason), 100);
  await expect(starting).rejects.toBe(reason);
  expect(existsSync(options.folder)).toBe(false);
});

type TestOptions = PostgresOptions & { readonly guard: ReturnType<typeof createRecordingGuard> };

async function createOptions(programs?: PostgresBinaries): Promise<TestOptions> {
  const parent = createTestFolder();
  const copyFolder = join(parent, 'programs');
  return {
    binaries: programs ?? (await findPostgresBinaries(createTestHost(), { copyFolder, signal })),
    folder: join(parent, 'postgres'),
    logFile: join(parent, 'postgres.log'),
    environment: { PATH: '/usr/bin:/bin' },
    guard: createRecordingGuard(),
    signal,
  };
}

function createPrograms(): PostgresBinaries {
  const binFolder = join(createTestFolder(), 'bin');
  mkdirSync(binFolder);
  return { binFolder, user: null, version: '0' };
}

function writeProgram({ binFolder }: PostgresBinaries, name: string, text: string): void {
  writeFileSync(join(binFolder, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(binFolder, name), 0o755);
}
