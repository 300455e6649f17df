import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, it, onTestFinished } from 'vitest';
import {
  createStandInRepository,
  createTestFolder,
  createTestHost,
  eventually,
  standInService,
} from '../../../../test/local-target.ts';
import type { System, SystemSpec } from '../target.ts';
import { detectConfiner } from './limits/detect.ts';
import { toLocalHost } from './local-host.ts';
import { createLocalTarget } from './local.ts';
import { findProcessesOfRun, readCommandLine } from './process-table.ts';
import { runSql } from './sql-session.ts';

const { signal } = new AbortController();
const isLinux = process.platform === 'linux';
const sqlLimits = { connectDeadlineMs: 2_000, statementDeadlineMs: 5_000 };
const plain: SystemSpec = { replicas: 1, backendEnvironment: {}, downstreamEnvironment: {}, ports: 'auto' };
const balancing = { level: 'request' } as const;
let count = 0;

/** A system of stand-in services, ended with the test. */
async function start(spec: Partial<SystemSpec>, service = standInService, force?: 'emulated') {
  count += 1;
  const runId = `system-${process.pid}-${count}`;
  const databaseUrl = process.env['TEST_DATABASE_URL'] ?? '';
  const repositoryRoot = createStandInRepository(service);
  const target = createLocalTarget(createTestHost(), {
    runId,
    repositoryRoot,
    databaseUrl,
    limits: force,
  });
  onTestFinished(() => target.close());
  const starting = target.start({ ...plain, ...spec }, { signal, logFolder: createTestFolder() });
  starting.catch(() => undefined);
  return { starting, runId, databaseUrl };
}

const told = async (url: string) => (await (await fetch(url)).json()) as Record<string, string>;

async function ask(system: System, times: number): Promise<readonly string[]> {
  const names: string[] = [];
  while (names.length < times) names.push((await told(system.url))['REPLICA_NAME'] ?? '');
  return names;
}

/** What the run has beside its guard. */
function programsOf(runId: string): readonly string[] {
  return findProcessesOfRun(runId, [])
    .map(({ pid }) => readCommandLine(pid, 'linux') ?? '')
    .filter((line) => !line.includes('guard.js'));
}

function processOf(runId: string, program: string): number {
  const found = findProcessesOfRun(runId, []).find(({ pid }) =>
    readCommandLine(pid, 'linux')?.includes(program),
  );
  return found?.pid ?? 0;
}

it('gives requests to the replicas in turn, to new ones too, and to none that was removed', async () => {
  const { starting } = await start({ replicas: 2, balancing });
  const system = await starting;
  const [first = '', second = '', ...more] = await ask(system, 4);
  expect([first, second].sort()).toEqual(['backend-1', 'backend-2']);
  expect(more).toEqual([first, second]);
  await system.scale(3);
  await expect
    .poll(async () => (await ask(system, 3)).toSorted())
    .toEqual(['backend-1', 'backend-2', 'backend-3']);
  await system.scale(1);
  const left = system.backends.map(({ name }) => name);
  expect(left).toHaveLength(1);
  await expect.poll(async () => ask(system, 2)).toEqual([...left, ...left]);
});

it.runIf(isLinux)('leaves no process when it has stopped', async () => {
  const { starting, runId } = await start({
    replicas: 2,
    balancing,
    supervision: { timeScale: 0.1 },
    faultEdges: ['downstream', 'database'],
  });
  const system = await starting;
  // Two replicas, the downstream, a balancer and two proxies.
  expect(programsOf(runId)).toHaveLength(6);
  await Promise.all([system.stop(), system.stop()]);
  expect(programsOf(runId)).toEqual([]);
});

it.runIf(isLinux)('leaves no process and no database when one of its replicas does not start', async () => {
  const failing = `if (process.env.REPLICA_NAME === 'backend-2') { console.error('no'); process.exit(3); }`;
  const { starting, runId, databaseUrl } = await start({ replicas: 2, balancing }, failing + standInService);
  await expect(starting).rejects.toThrow(/backend-2 ended unasked \(exit code 3\):\n {2}no/);
  expect(programsOf(runId)).toEqual([]);
  const left = `SELECT datname FROM pg_database WHERE datname LIKE 'lab_${runId.replaceAll('-', '_')}%'`;
  expect(await runSql(databaseUrl, [left], sqlLimits)).toEqual([]);
});

it.runIf(isLinux).each(['balancer.js', 'fault-proxy.js'])(
  'fails when its %s ends unasked',
  async (program) => {
    const { starting, runId } = await start({ balancing, faultEdges: ['downstream'] });
    const system = await starting;
    process.kill(processOf(runId, program), 'SIGKILL');
    await expect(system.failed).rejects.toThrow('ended unasked (SIGKILL)');
  },
);

it('puts a proxy before the database that can be disturbed and healed', async () => {
  const { starting } = await start({ faultEdges: ['database'] });
  const system = await starting;
  const throughProxy = (await told(system.url))['DATABASE_URL'] ?? '';
  expect(throughProxy).not.toBe(system.databaseUrl);
  const query = () => runSql(throughProxy, ['SELECT 1 AS one'], sqlLimits);
  expect(await query()).toEqual([{ one: 1 }]);
  await system.disturb('database', { kind: 'refuse' });
  await expect(query()).rejects.toThrow(/ECONNREFUSED/);
  await system.disturb('database', null);
  expect(await query()).toEqual([{ one: 1 }]);
});

it('is not scaled by hand without a balancer', async () => {
  const system = await (await start({})).starting;
  await expect(system.scale(2)).rejects.toMatchObject({ code: 'not-supported' });
  expect(system.backends).toHaveLength(1);
});

const limits = { cpuCores: 0.5, memoryBytes: 256_000_000 };
const detected = (force?: string) =>
  detectConfiner(toLocalHost(process, tmpdir()), { runId: `detect-${process.pid}`, force })?.kind ?? 'none';

it.runIf(detected().startsWith('cgroup'))(
  'puts a replica with limits into its group, which goes with it',
  async () => {
    const groups = `GROUPS: require('node:fs').readFileSync('/proc/self/cgroup', 'utf8')`;
    const reporting = standInService.replace('process.env)', `{ ...process.env, ${groups} })`);
    const { starting, runId } = await start({ limits }, reporting);
    const system = await starting;
    expect((await told(system.url))['GROUPS']).toContain(`lab-${runId}-`);
    expect(groupsOf(runId)).not.toEqual([]);
    await system.stop();
    expect(await eventually(() => groupsOf(runId).length === 0)).toBe(true);
  },
);

it.runIf(detected('emulated') === 'emulated')(
  'meters a replica where the kernel does not limit it',
  async () => {
    const { starting } = await start({ limits }, standInService, 'emulated');
    const system = await starting;
    expect((await told(system.url))['MEMORY_LIMIT_BYTES']).toBe(String(limits.memoryBytes));
    await expect
      .poll(async () => (await system.observe())[1]?.metrics)
      .toMatchObject({
        container_spec_memory_limit_bytes: limits.memoryBytes,
        container_cpu_usage_seconds_total: expect.any(Number) as number,
        container_oom_events_total: 0,
      });
  },
);

function groupsOf(runId: string): readonly string[] {
  const folders = readdirSync('/sys/fs/cgroup', { recursive: true, encoding: 'utf8' });
  return folders.filter((folder) => folder.includes(`lab-${runId}-`));
}
