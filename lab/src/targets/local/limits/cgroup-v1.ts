import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Limits } from '../../target.ts';
import type { CgroupVersion, GroupFolders } from './cgroup-confiner.ts';
import { readCounters, readNumber, writeLimit } from './cgroup-tree.ts';
import type { CgroupTree } from './cgroup-tree.ts';
import { periodMs } from './confinement.ts';
import type { LimitReadings } from './confinement.ts';
import { toQuotaUs } from './limit-values.ts';
import { findOwnGroupV1 } from './own-groups.ts';

/** cgroup v1: a tree per controller. Null where one of the three is not mounted. */
export function findCgroupV1(tree: CgroupTree): CgroupVersion | null {
  const memory = findOwnGroupV1(tree, 'memory')?.folder;
  const cpu = findOwnGroupV1(tree, 'cpu')?.folder;
  const cpuUsage = findOwnGroupV1(tree, 'cpuacct')?.folder;
  if (memory === undefined || cpu === undefined || cpuUsage === undefined) return null;
  return {
    kind: 'cgroup-v1',
    parents: { memory, cpu, cpuUsage },
    enable: () => () => undefined,
    apply: applyLimits,
    read: readFolders,
  };
}

function applyLimits(folders: GroupFolders, { cpuCores, memoryBytes }: Limits): void {
  writeLimit(join(folders.cpu, 'cpu.cfs_period_us'), periodMs * 1_000);
  writeLimit(join(folders.cpu, 'cpu.cfs_quota_us'), cpuCores === undefined ? -1 : toQuotaUs(cpuCores));
  applyMemoryLimit(folders.memory, memoryBytes);
}

/** Memory with swap may never have less than memory alone, so the order of the two depends on the direction. */
function applyMemoryLimit(folder: string, memoryBytes: number | undefined): void {
  const memory = join(folder, 'memory.limit_in_bytes');
  const withSwap = join(folder, 'memory.memsw.limit_in_bytes');
  const isRaised = (memoryBytes ?? Infinity) > (readNumber(memory) ?? 0);
  for (const file of isRaised ? [withSwap, memory] : [memory, withSwap]) {
    // Absent in kernels without the accounting of swap.
    if (existsSync(file)) writeLimit(file, memoryBytes ?? -1);
  }
}

function readFolders(folders: GroupFolders): LimitReadings {
  const cpu = readCounters(join(folders.cpu, 'cpu.stat'));
  const cpuNs = readNumber(join(folders.cpuUsage, 'cpuacct.usage'));
  const throttledNs = cpu('throttled_time');
  const usage = readNumber(join(folders.memory, 'memory.usage_in_bytes'));
  const inactiveFile = readCounters(join(folders.memory, 'memory.stat'))('total_inactive_file');
  return {
    cpuSeconds: cpuNs === null ? null : cpuNs / 1e9,
    periods: cpu('nr_periods'),
    throttledPeriods: cpu('nr_throttled'),
    throttledSeconds: throttledNs === null ? null : throttledNs / 1e9,
    memoryBytes: usage === null ? null : Math.max(0, usage - (inactiveFile ?? 0)),
    // Kernel 4.13 and later.
    oomKills: readCounters(join(folders.memory, 'memory.oom_control'))('oom_kill'),
  };
}
