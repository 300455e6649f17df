import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import {
  createStandInRepository,
  createTestFolder,
  createTestHost,
  eventually,
  repositoryRoot,
  startProgram,
} from '../../../../test/local-target.ts';
import { startGuard } from './guard.ts';
import { identifyProcess, isRunning } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { findProcessesOfRun } from './process-table.ts';
import { runSql } from './sql-session.ts';

const { platform } = process;
const limits = { connectDeadlineMs: 2_000, statementDeadlineMs: 5_000 };

/** A lab of its own: it starts a system, a group that only the guard knows of, and says what it has started. */
const owner = `
  import { spawn } from 'node:child_process';
  const [dist, repositoryRoot, temporaryFolder, runId] = process.argv.slice(2);
  const { createLocalTarget } = await import(dist + '/targets/local/local.js');
  const { toLocalHost } = await import(dist + '/targets/local/local-host.js');
  const target = createLocalTarget(toLocalHost(process, temporaryFolder), { runId, repositoryRoot });
  const spec = { replicas: 1, backendEnvironment: {}, downstreamEnvironment: {}, ports: 'auto' };
  const system = await target.start(spec, { signal: new AbortController().signal, logFolder: temporaryFolder + '/logs' });
  const stubborn = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)";
  const driver = spawn(process.execPath, ['-e', stubborn], { detached: true, stdio: 'ignore' });
  target.registerProcess(driver.pid);
  const stray = spawn('/bin/sleep', ['600'], { env: target.markerEnvironment, detached: true, stdio: 'ignore' });
  console.log(JSON.stringify({ driver: driver.pid, stray: stray.pid }));
`;

it.runIf(platform === 'linux')(
  'ends everything of a lab that was killed, and nothing of another',
  async () => {
    const [killed, living] = await Promise.all([startOwner('killed'), startOwner('living')]);
    expect(killed.processes.length).toBeGreaterThan(8);

    killed.kill();
    expect(await eventually(() => !killed.processes.some(isAlive))).toBe(true);
    expect(await eventually(() => !existsSync(killed.folder))).toBe(true);
    expect(living.processes.every(isAlive)).toBe(true);
    expect(existsSync(living.folder)).toBe(true);

    living.kill();
    expect(await eventually(() => !living.processes.some(isAlive) && !existsSync(living.folder))).toBe(true);
  },
);

it('ends what is registered when the lab asks for it, and removes the folder', async () => {
  const guard = startGuard(createTestHost(), { runId: 'asked', repositoryRoot });
  const folder = createTestFolder();
  writeFileSync(join(folder, 'file'), '');
  const { pid } = await startProgram(`console.log('up'); setTimeout(() => {}, 60_000);`);
  const kept = await startProgram(`console.log('up'); setTimeout(() => {}, 60_000);`);
  guard.registerFolder(folder);
  guard.registerPostgres(pid);
  guard.registerPostgres(kept.pid);
  guard.forgetProcess(kept.pid);
  const adminUrl = process.env['TEST_DATABASE_URL'] ?? '';
  await runSql(adminUrl, ['CREATE DATABASE lab_guarded'], limits);
  guard.registerDatabase('lab_guarded', adminUrl);
  await guard.endAll();
  expect(identifyProcess(pid, platform)).toBeNull();
  expect(identifyProcess(kept.pid, platform)).not.toBeNull();
  expect(existsSync(folder)).toBe(false);
  const left = `SELECT 1 FROM pg_database WHERE datname = 'lab_guarded'`;
  expect(await runSql(adminUrl, [left], limits)).toEqual([]);
});

it('touches nothing after a release', async () => {
  const guard = startGuard(createTestHost(), { runId: 'released', repositoryRoot });
  const { pid } = await startProgram(`console.log('up'); setTimeout(() => {}, 60_000);`);
  guard.registerPostgres(pid);
  await guard.release();
  await guard.release();
  expect(identifyProcess(pid, platform)).not.toBeNull();
});

it.runIf(platform === 'linux')(
  'ignores the signals of a terminal, and tells the lab when it is killed',
  async () => {
    const guard = startGuard(createTestHost(), { runId: 'signalled', repositoryRoot });
    onTestFinished(() => guard.release());
    await guard.ready(new AbortController().signal);
    const [process_] = findProcessesOfRun('signalled', []);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(process_?.pid ?? 0, signal);
    guard.registerFolder(createTestFolder());
    expect(process_ && isAlive(process_)).toBe(true);
    process.kill(process_?.pid ?? 0, 'SIGKILL');
    await expect(guard.failed).rejects.toMatchObject({ code: 'guard-lost' });
  },
);

it('says how to build it when it is missing', () => {
  const options = { runId: 'missing', repositoryRoot: createTestFolder() };
  expect(() => startGuard(createTestHost(), options)).toThrow(/guard\.js is missing\. Run: npm run build/);
});

async function startOwner(name: string): Promise<{
  readonly processes: readonly ProcessIdentity[];
  readonly folder: string;
  kill(): void;
}> {
  const temporaryFolder = createTestFolder();
  const runId = `${name}-${process.pid}`;
  const args = [join(repositoryRoot, 'lab', 'dist'), createStandInRepository(), temporaryFolder, runId];
  const { child, firstLine } = await startProgram(owner, args);
  const { driver, stray } = JSON.parse(firstLine) as { driver: number; stray: number };
  const folder = join(temporaryFolder, `backend-load-testing-${runId}`);
  const found = findProcessesOfRun(runId, [folder]);
  const more = [driver].map((pid) => identifyProcess(pid, platform)).filter((identity) => identity !== null);
  expect(found.map(({ pid }) => pid)).toContain(stray);
  return { processes: [...found, ...more], folder, kill: () => child.kill('SIGKILL') };
}

function isAlive(process_: ProcessIdentity): boolean {
  return isRunning(process_, platform);
}
