import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createFakeCgroups } from '../../../../../test/fake-cgroups.ts';
import type { FakeCgroups } from '../../../../../test/fake-cgroups.ts';
import { createRecordingGuard } from '../../../../../test/local-target.ts';
import type { Limits } from '../../target.ts';
import { createCgroupConfiner } from './cgroup-confiner.ts';
import type { CgroupOptions } from './cgroup-confiner.ts';
import { findCgroupV1 } from './cgroup-v1.ts';
import type { Confinement } from './confinement.ts';

const unlimited = '9223372036854771712';
const memory = '/sys/fs/cgroup/memory/docker/abc/lab-run-1-backend';
const cpu = '/sys/fs/cgroup/cpu,cpuacct/lab-run-1-backend';
const limits = { cpuCores: 0.1, memoryBytes: 64_000_000 };

it('makes a group below the lab’s own one in each tree, with quota and memory limit', async () => {
  const fake = createFake();
  const confinement = create(fake, limits);
  expect(fake.groups().toSorted()).toEqual([cpu, memory]);
  expect(fake.read(`${cpu}/cpu.cfs_period_us`)).toBe('100000');
  expect(fake.read(`${cpu}/cpu.cfs_quota_us`)).toBe('10000');
  expect(fake.read(`${memory}/memory.limit_in_bytes`)).toBe('64000000');
  expect(fake.read(`${memory}/memory.memsw.limit_in_bytes`)).toBe('64000000');
  await confinement.close();
  await confinement.close();
  expect(fake.groups()).toEqual([]);
});

it('starts the program inside: the groups first, then the program with its arguments', () => {
  const fake = createFake();
  const { command, args } = create(fake, limits).wrap('/usr/bin/node', ['a b', '--', '$(x)']);
  expect(command).toBe('/bin/sh');
  expect(args.slice(2)).toEqual([
    'sh',
    join(fake.tree.root, cpu, 'cgroup.procs'),
    join(fake.tree.root, memory, 'cgroup.procs'),
    '--',
    '/usr/bin/node',
    'a b',
    '--',
    '$(x)',
  ]);
});

it('takes the limits away that are absent', () => {
  const fake = createFake();
  create(fake, limits).setLimits({});
  expect(fake.read(`${cpu}/cpu.cfs_quota_us`)).toBe('-1');
  expect(fake.read(`${memory}/memory.memsw.limit_in_bytes`)).toBe('-1');
});

it('reads the kernel’s meters in seconds and bytes, the memory without the idle file cache', () => {
  const fake = createFake();
  const confinement = create(fake, limits);
  fake.write(`${cpu}/cpu.stat`, 'nr_periods 50\nnr_throttled 20\nthrottled_time 1500000000\n');
  fake.write(`${cpu}/cpuacct.usage`, '2500000000\n');
  fake.write(`${memory}/memory.usage_in_bytes`, '50000000\n');
  fake.write(`${memory}/memory.stat`, 'inactive_file 1\ntotal_inactive_file 20000000\n');
  fake.write(`${memory}/memory.oom_control`, 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n');
  expect(confinement.read()).toEqual({
    cpuSeconds: 2.5,
    periods: 50,
    throttledPeriods: 20,
    throttledSeconds: 1.5,
    memoryBytes: 30_000_000,
    oomKills: 2,
  });
});

it('knows a kill by the memory limit only since the last adoption', () => {
  const fake = createFake();
  const confinement = create(fake, limits);
  confinement.adopt(1);
  fake.write(`${memory}/memory.oom_control`, 'oom_kill 1\n');
  expect(confinement.wasOomKilled()).toBe(true);
  confinement.release();
  confinement.adopt(2);
  expect(confinement.wasOomKilled()).toBe(false);
});

it('kills what is left before it removes the group, and keeps the last readings', async () => {
  const fake = createFake();
  const confinement = create(fake, limits);
  fake.write(`${cpu}/cgroup.procs`, '4242\n');
  fake.write(`${memory}/cgroup.procs`, '4242\n');
  fake.write(`${memory}/memory.oom_control`, 'oom_kill 1\n');
  await confinement.close();
  expect(new Set(fake.killed)).toEqual(new Set([4242]));
  expect(fake.groups()).toEqual([]);
  expect(confinement.read().oomKills).toBe(1);
});

it('tells the guard of a folder before it is made, and of its end', async () => {
  const fake = createFake();
  const guard = createRecordingGuard();
  const known: boolean[] = [];
  const tree = {
    ...fake.tree,
    makeGroup: (folder: string) => {
      known.push(guard.calls.includes(`cgroup ${folder}`));
      fake.tree.makeGroup(folder);
    },
  };
  await create({ ...fake, tree }, limits, guard).close();
  expect(known).toEqual([true, true]);
  expect(guard.calls.slice(2).toSorted()).toEqual(
    [cpu, memory].map((group) => `forget-cgroup ${join(fake.tree.root, group)}`),
  );
});

it('leaves a group alone that was there before', () => {
  const fake = createFake();
  fake.write(`${memory}/cgroup.procs`, '4242');
  expect(() => create(fake, limits)).toThrow(/cannot make the group .*lab-run-1-backend \(EEXIST\)/);
  expect(fake.groups()).toEqual([]);
  expect(fake.killed).toEqual([]);
  expect(existsSync(join(fake.tree.root, memory))).toBe(true);
});

it('leaves nothing behind when the limits are refused', () => {
  const fake = createFake();
  expect(() => create(fake, { cpuCores: 0.001 })).toThrow('cpuCores must be at least 0.01, not 0.001');
  expect(() => create(fake, { memoryBytes: 0 })).toThrow('memoryBytes must be a whole number above 0, not 0');
  expect(fake.groups()).toEqual([]);
});

function create(fake: FakeCgroups, limits: Limits, guard?: CgroupOptions['guard']): Confinement {
  const version = findCgroupV1(fake.tree);
  if (version === null) throw new Error('no cgroup v1 found');
  return createCgroupConfiner(fake.host, version, { runId: 'run', guard, tree: fake.tree }).create(
    'backend',
    limits,
  );
}

/** As in a container: the memory tree is mounted from the container's group on, `cpu` and `cpuacct` are one tree. */
function createFake(): FakeCgroups {
  const files = {
    '/proc/self/mountinfo': [
      '33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct',
      '35 31 0:32 /host /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory',
    ].join('\n'),
    '/proc/self/cgroup': '4:memory:/host/docker/abc\n2:cpu,cpuacct:/\n0::/\n',
    '/sys/fs/cgroup/cpu,cpuacct/cgroup.procs': '1',
    '/sys/fs/cgroup/memory/docker/abc/cgroup.procs': '1',
  };
  return createFakeCgroups(files, (path) =>
    path.startsWith('/sys/fs/cgroup/memory')
      ? {
          'cgroup.procs': '',
          'memory.limit_in_bytes': unlimited,
          'memory.memsw.limit_in_bytes': unlimited,
          'memory.oom_control': 'oom_kill 0\n',
        }
      : { 'cgroup.procs': '', 'cpu.cfs_period_us': '100000', 'cpu.cfs_quota_us': '-1' },
  );
}
