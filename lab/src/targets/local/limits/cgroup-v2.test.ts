import { expect, it } from 'vitest';
import { createFakeCgroups } from '../../../../../test/fake-cgroups.ts';
import type { FakeCgroups } from '../../../../../test/fake-cgroups.ts';
import { detectConfiner } from './detect.ts';

const root = '/sys/fs/cgroup';
const manager = `${root}/user.slice/user@1000.service`;
const own = `${manager}/app.slice/terminal.scope`;
const limits = { cpuCores: 0.25, memoryBytes: 64_000_000 };

it('makes its groups below the nearest group that hands on CPU and memory, and changes nothing there', () => {
  const fake = createFake({ [manager]: 'cpu memory pids', [`${manager}/app.slice`]: 'memory pids' });
  const confiner = detect(fake);
  expect(confiner?.kind).toBe('cgroup-v2');
  confiner?.create('backend', limits);
  expect(fake.groups()).toEqual([`${manager}/lab-run-2-backend`]);
  expect(fake.read(`${manager}/app.slice/cgroup.subtree_control`)).toBe('memory pids');
});

it('sets quota, memory and no swap', () => {
  const fake = createFake({ [manager]: 'cpu memory' });
  const confinement = detect(fake)?.create('backend', limits);
  const group = `${manager}/lab-run-2-backend`;
  expect(fake.read(`${group}/cpu.max`)).toBe('25000 100000');
  expect(fake.read(`${group}/memory.max`)).toBe('64000000');
  expect(fake.read(`${group}/memory.swap.max`)).toBe('0');
  confinement?.setLimits({});
  expect(fake.read(`${group}/cpu.max`)).toBe('max 100000');
  expect(fake.read(`${group}/memory.max`)).toBe('max');
  expect(fake.read(`${group}/memory.swap.max`)).toBe('max');
});

it('reads the kernel’s meters in seconds and bytes, the memory without the idle file cache', () => {
  const fake = createFake({ [manager]: 'cpu memory' });
  const confinement = detect(fake)?.create('backend', limits);
  const group = `${manager}/lab-run-2-backend`;
  fake.write(
    `${group}/cpu.stat`,
    'usage_usec 2500000\nuser_usec 1\nnr_periods 50\nnr_throttled 20\nthrottled_usec 1500000\n',
  );
  fake.write(`${group}/memory.current`, '50000000\n');
  fake.write(`${group}/memory.stat`, 'anon 1\ninactive_file 20000000\n');
  fake.write(`${group}/memory.events`, 'low 0\noom 1\noom_kill 1\n');
  expect(confinement?.read()).toEqual({
    cpuSeconds: 2.5,
    periods: 50,
    throttledPeriods: 20,
    throttledSeconds: 1.5,
    memoryBytes: 30_000_000,
    oomKills: 1,
  });
});

it('hands a controller on where it may, and takes it back with its last group', async () => {
  const fake = createFake({});
  const confiner = detect(fake);
  expect(confiner?.kind).toBe('cgroup-v2');
  // The kernel would show the new set; the fake shows what was written last.
  const file = `${own}/cgroup.subtree_control`;
  expect(fake.read(file)).toBe('-cpu -memory');
  fake.write(file, '');
  const [one, two] = [confiner?.create('one', limits), confiner?.create('two', limits)];
  expect(fake.read(file)).toBe('+cpu +memory');
  await one?.close();
  expect(fake.read(file)).toBe('+cpu +memory');
  await two?.close();
  expect(fake.read(file)).toBe('-cpu -memory');
});

it('leaves no group of the probe behind', () => {
  const fake = createFake({ [manager]: 'cpu memory' });
  detect(fake);
  expect(fake.groups()).toEqual([]);
});

it.runIf(process.platform === 'linux')(
  'is emulated in a hybrid tree, whose controllers all belong to v1',
  () => {
    const fake = createFake({}, 'hugetlb');
    expect(detect(fake)?.kind).toBe('emulated');
  },
);

it.runIf(process.platform === 'linux')('is emulated where the program cannot enter its group', () => {
  const fake = createFake({ [manager]: 'cpu memory' });
  const tree = { ...fake.tree, makeGroup: () => undefined };
  expect(detectConfiner(fake.host, { runId: 'run', tree })?.kind).toBe('emulated');
});

function detect(fake: FakeCgroups): ReturnType<typeof detectConfiner> {
  return detectConfiner(fake.host, { runId: 'run', tree: fake.tree });
}

function createFake(
  subtreeControl: Readonly<Record<string, string>>,
  controllers = 'cpuset cpu io memory pids',
): FakeCgroups {
  const groups = [own, `${manager}/app.slice`, manager, `${root}/user.slice`, root];
  const files = Object.fromEntries(
    groups.flatMap((group) => [
      [`${group}/cgroup.controllers`, controllers],
      [`${group}/cgroup.subtree_control`, subtreeControl[group] ?? ''],
    ]),
  );
  const mounts = {
    '/proc/self/mountinfo': `41 31 0:38 / ${root} rw,relatime - cgroup2 cgroup2 rw,nsdelegate\n`,
    '/proc/self/cgroup': `0::${own.slice(root.length)}\n`,
  };
  return createFakeCgroups({ ...files, ...mounts }, () => ({
    'cgroup.procs': '',
    'cpu.max': 'max 100000',
    'memory.max': 'max',
    'memory.swap.max': 'max',
  }));
}
