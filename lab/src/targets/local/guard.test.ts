import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
import { detectConfiner } from './limits/detect.ts';
import { toLocalHost } from './local-host.ts';
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

/** A lab that runs a program in a group of its own and tells the guard of the group alone. */
const confiningOwner = `
  import { spawn } from 'node:child_process';
  const [dist, repositoryRoot, temporaryFolder, runId] = process.argv.slice(2);
  const { startGuard } = await import(dist + '/targets/local/guard.js');
  const { toLocalHost } = await import(dist + '/targets/local/local-host.js');
  const { detectConfiner } = await import(dist + '/targets/local/limits/detect.js');
  const host = toLocalHost(process, temporaryFolder);
  const guard = startGuard(host, { runId, repositoryRoot });
  const confinement = detectConfiner(host, { runId, guard }).create('program', { cpuCores: 0.02 });
  const { command, args } = confinement.wrap(process.execPath, ['-e', 'for (;;);']);
  const child = spawn(command, args, { detached: true, stdio: 'ignore', env: {} });
  setInterval(() => {}, 1000);
  setTimeout(() => console.log(child.pid), 500);
`;

it.runIf(hasCgroups())('removes the groups of a lab that was killed, with what is in them', async () => {
  const runId = `confined-${process.pid}`;
  const args = [join(repositoryRoot, 'lab', 'dist'), repositoryRoot, createTestFolder(), runId];
  const { child, firstLine } = await startProgram(confiningOwner, args);
  const program = identifyProcess(Number(firstLine), platform);
  expect(program).not.toBeNull();
  const folders = findGroupsOf(Number(firstLine)).filter((folder) => folder.includes(runId));
  expect(folders).not.toEqual([]);
  expect(folders.every((folder) => existsSync(folder))).toBe(true);

  child.kill('SIGKILL');
  expect(await eventually(() => !folders.some((folder) => existsSync(folder)))).toBe(true);
  expect(program && isAlive(program)).toBe(false);
});

it('removes no group that is not of its run', async () => {
  const runId = 'mine';
  const guard = startGuard(createTestHost(), { runId, repositoryRoot });
  const folder = join(createTestFolder(), 'lab-another-1-program');
  const own = join(createTestFolder(), 'lab-mine-1-program');
  const forgotten = join(createTestFolder(), 'lab-mine-2-program');
  for (const group of [folder, own, forgotten]) {
    mkdirSync(group);
    guard.registerCgroup(group);
  }
  guard.forgetCgroup(forgotten);
  await guard.endAll();
  expect([folder, own, forgotten].map((group) => existsSync(group))).toEqual([true, false, true]);
});

it.runIf(platform === 'linux')('lets a process that a quota has stopped end by itself', async () => {
  const guard = startGuard(createTestHost(), { runId: 'stopped', repositoryRoot });
  const farewell = join(createTestFolder(), 'farewell');
  const { pid } = await startProgram(
    `import { writeFileSync } from 'node:fs';
     process.on('SIGTERM', () => { writeFileSync(process.argv[2], ''); process.exit(); });
     console.log('up'); setTimeout(() => {}, 60_000);`,
    [farewell],
  );
  guard.registerProcess(pid);
  process.kill(pid, 'SIGSTOP');
  await guard.endAll();
  expect(existsSync(farewell)).toBe(true);
});

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

function hasCgroups(): boolean {
  const confiner = detectConfiner(toLocalHost(process, tmpdir()), { runId: `guard-${process.pid}` });
  return confiner !== null && confiner.kind !== 'emulated';
}

/** Wherever the hierarchies are mounted: the ends of the paths are the same. */
function findGroupsOf(pid: number): readonly string[] {
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('cgroup'));
  const groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n');
  return groups.flatMap((line) => {
    const group = line.split(':').slice(2).join(':');
    return mounts
      .map((mount) => join(mount.split(' ')[1] ?? '', group))
      .filter((folder) => existsSync(folder));
  });
}
