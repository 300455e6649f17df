import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createStandInRepository, createTestFolder, createTestHost } from '../../../../test/local-target.ts';
import type { GuardedTarget } from '../target.ts';
import { createLocalTarget } from './local.ts';
import { runSql } from './sql-session.ts';

const { signal } = new AbortController();
const limits = { connectDeadlineMs: 2_000, statementDeadlineMs: 5_000 };
const spec = {
  replicas: 1,
  backendEnvironment: { DATABASE_POOL_SIZE: '20' },
  downstreamEnvironment: { DEFAULT_DELAY: '0.1' },
  ports: 'auto',
} as const;

it('runs systems with fresh processes and databases, and leaves nothing after its close', async () => {
  const host = createTestHost();
  const target = createLocalTarget(host, { runId: 'Local-1', repositoryRoot: createStandInRepository() });
  onTestFinished(() => target.close());
  const logFolder = join(createTestFolder(), 'logs', 'unprotected');

  const first = await target.start(spec, { signal, logFolder });
  expect(await askEnvironment(first.url)).toMatchObject({
    DATABASE_POOL_SIZE: '20',
    DATABASE_URL: first.databaseUrl,
    DOWNSTREAM_SERVICE_URL: first.downstreams[0]?.url,
    HOST: '127.0.0.1',
    REPLICA_NAME: 'backend-1',
    LAB_RUN_ID: 'Local-1',
  });
  expect(await askEnvironment(first.downstreams[0]?.url ?? '')).toMatchObject({ DEFAULT_DELAY: '0.1' });
  expect(new URL(first.databaseUrl).pathname).toBe('/lab_local_1_1');
  expect(readdirSync(logFolder)).toEqual(['backend-1.log', 'downstream-1.log']);
  expect((await first.cpuSeconds()) === null).toBe(host.platform !== 'linux');
  await first.stop();
  await expect(runSql(first.databaseUrl, ['SELECT 1'], limits)).rejects.toThrow(/does not exist/);

  const second = await target.start(spec, { signal, logFolder });
  expect(second.databaseUrl).not.toBe(first.databaseUrl);
  expect((await target.describe()).postgresVersion).toMatch(/^\d+\.\d+$/);
  await target.close();
  await expect(fetch(second.url)).rejects.toThrow('fetch failed');
  await expect(runSql(second.databaseUrl, ['SELECT 1'], limits)).rejects.toThrow(/ECONNREFUSED/);
  expect(readdirSync(host.temporaryFolder)).toEqual([]);
  await expect(target.start(spec, { signal, logFolder })).rejects.toMatchObject({ code: 'not-supported' });
});

it('uses a given server instead of its own', async () => {
  const databaseUrl = process.env['TEST_DATABASE_URL'] ?? '';
  const target = createTestTarget({ databaseUrl });
  const system = await target.start(spec, { signal, logFolder: createTestFolder() });
  expect(new URL(system.databaseUrl).port).toBe(new URL(databaseUrl).port);
  await target.close();
  await expect(runSql(system.databaseUrl, ['SELECT 1'], limits)).rejects.toThrow(/does not exist/);
});

it('fails when a process of the system ends unasked', async () => {
  const target = createTestTarget({ databaseUrl: process.env['TEST_DATABASE_URL'] ?? '' });
  const system = await target.start(spec, { signal, logFolder: createTestFolder() });
  await expect(askEnvironment(system.url, '/crash')).rejects.toThrow('fetch failed');
  await expect(system.failed).rejects.toThrow('backend-1 ended unasked (exit code 7)');
  await system.stop();
});

it('refuses many replicas without a balancer, and describes itself without starting anything', async () => {
  const target = createTestTarget({});
  const start = target.start({ ...spec, replicas: 3 }, { signal, logFolder: createTestFolder() });
  await expect(start).rejects.toThrow('need a balancer in front of them');
  expect(await target.describe()).toEqual({
    name: 'local',
    limits: expect.stringMatching(/^(cgroup-v[12]|emulated|none)$/) as string,
    postgresVersion: expect.stringMatching(/^\d+\.\d+$/) as string,
  });
});

it('puts a balancer of connections in front of two replicas, and leaves nothing at the end', async () => {
  const target = createTestTarget({ databaseUrl: process.env['TEST_DATABASE_URL'] ?? '' });
  const balancing = { level: 'connection' } as const;
  const system = await target.start(
    { ...spec, replicas: 2, balancing },
    { signal, logFolder: createTestFolder() },
  );
  const answered = new Set<string>();
  for (let number = 0; number < 4; number += 1) {
    const answer = await fetch(system.url, { headers: { connection: 'close' } });
    answered.add(((await answer.json()) as Record<string, string>)['REPLICA_NAME'] ?? '');
  }
  expect([...answered].sort()).toEqual(['backend-1', 'backend-2']);
  const urls = system.backends.map(({ url }) => url);
  await system.stop();
  for (const url of [...urls, system.url]) await expect(fetch(url)).rejects.toThrow('fetch failed');
});

it('starts a supervised replica again where it was, and says how it ended', async () => {
  const target = createTestTarget({ databaseUrl: process.env['TEST_DATABASE_URL'] ?? '' });
  const system = await target.start(
    { ...spec, supervision: { timeScale: 0.1 } },
    { signal, logFolder: createTestFolder() },
  );
  await fetch(`${system.url}/crash`).catch(() => undefined);
  await vi.waitFor(async () => expect((await fetch(system.url)).status).toBe(200), 10_000);
  expect(system.incidents).toMatchObject([{ replica: 'backend-1', reason: 'Error', exitCode: 7 }]);
});

it('disturbs an edge that has a proxy, and says which has none', async () => {
  const target = createTestTarget({ databaseUrl: process.env['TEST_DATABASE_URL'] ?? '' });
  const system = await target.start(
    { ...spec, faultEdges: ['downstream'] },
    { signal, logFolder: createTestFolder() },
  );
  const seen = (await (await fetch(system.url)).json()) as Record<string, string>;
  const edge = seen['DOWNSTREAM_SERVICE_URL'] ?? '';
  expect((await fetch(edge)).status).toBe(200);
  await system.disturb('downstream', { kind: 'refuse' });
  await expect(fetch(edge)).rejects.toThrow('fetch failed');
  await expect(system.disturb('database', null)).rejects.toThrow('has no fault proxy');
});

it('cleans up when a service does not start', async () => {
  const host = createTestHost();
  const repositoryRoot = createStandInRepository(`console.error('broken'); process.exit(2);`);
  const databaseUrl = process.env['TEST_DATABASE_URL'] ?? '';
  const target = createLocalTarget(host, { runId: 'broken', repositoryRoot, databaseUrl });
  const logFolder = createTestFolder();
  await expect(target.start(spec, { signal, logFolder })).rejects.toThrow(
    /ended unasked \(exit code 2\):\n {2}broken/,
  );
  const left = `SELECT datname FROM pg_database WHERE datname LIKE 'lab_broken%'`;
  expect(await runSql(databaseUrl, [left], limits)).toEqual([]);
  await target.close();
  expect(existsSync(join(host.temporaryFolder, 'backend-load-testing-broken'))).toBe(false);
});

function createTestTarget(options: { readonly databaseUrl?: string }): GuardedTarget {
  const runId = `test-${process.pid}-${Math.floor(performance.now())}`;
  const target = createLocalTarget(createTestHost(), {
    runId,
    repositoryRoot: createStandInRepository(),
    ...options,
  });
  onTestFinished(() => target.close());
  return target;
}

async function askEnvironment(url: string, path = '/'): Promise<unknown> {
  return (await fetch(`${url}${path}`)).json();
}
