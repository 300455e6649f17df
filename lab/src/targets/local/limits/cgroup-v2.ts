import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Limits } from '../../target.ts';
import type { CgroupVersion, GroupFolders } from './cgroup-confiner.ts';
import { readCounters, readNumber, readText, writeLimit } from './cgroup-tree.ts';
import type { CgroupTree } from './cgroup-tree.ts';
import { periodMs } from './confinement.ts';
import type { LimitReadings } from './confinement.ts';
import { toQuotaUs } from './limit-values.ts';
import { findOwnGroupV2 } from './own-groups.ts';

const controllers = ['cpu', 'memory'] as const;

/**
 * cgroup v2: one tree. A group with processes of its own cannot hand its controllers on, so the lab's own group is
 * rarely a parent; the nearest one above it that can be is taken (below systemd's delegated `user@.service`, say).
 * These are the candidates, the best first: those that hand on both controllers already, nothing is changed there.
 */
export function findCgroupsV2(tree: CgroupTree): readonly CgroupVersion[] {
  const own = findOwnGroupV2(tree);
  if (own === null) return [];
  const parents: string[] = [];
  for (let folder = own.folder; ; folder = dirname(folder)) {
    if (hasBoth(readNames(join(folder, 'cgroup.controllers')))) parents.push(folder);
    if (folder === own.mountPoint || folder === dirname(folder)) break;
  }
  const ready = parents.filter((folder) => missingIn(folder).length === 0);
  const others = parents.filter((folder) => missingIn(folder).length > 0);
  return [...ready, ...others].map(toVersion);
}

function toVersion(parent: string): CgroupVersion {
  return {
    kind: 'cgroup-v2',
    parents: { memory: parent, cpu: parent, cpuUsage: parent },
    enable: () => enableControllers(parent),
    apply: applyLimits,
    read: readFolder,
  };
}

/** Returns what takes back exactly what was added. */
function enableControllers(parent: string): () => void {
  const file = join(parent, 'cgroup.subtree_control');
  const added = missingIn(parent);
  if (added.length === 0) return () => undefined;
  writeLimit(file, added.map((name) => `+${name}`).join(' '));
  return () => {
    try {
      writeFileSync(file, added.map((name) => `-${name}`).join(' '));
    } catch {
      // Somebody else uses them by now.
    }
  };
}

function applyLimits({ cpu, memory }: GroupFolders, { cpuCores, memoryBytes }: Limits): void {
  writeLimit(
    join(cpu, 'cpu.max'),
    `${cpuCores === undefined ? 'max' : toQuotaUs(cpuCores)} ${periodMs * 1_000}`,
  );
  // First the swap, so that nothing flees there from a smaller limit.
  const swap = join(memory, 'memory.swap.max');
  if (existsSync(swap)) writeLimit(swap, memoryBytes === undefined ? 'max' : 0);
  writeLimit(join(memory, 'memory.max'), memoryBytes ?? 'max');
}

function readFolder({ cpu, memory }: GroupFolders): LimitReadings {
  const cpuStat = readCounters(join(cpu, 'cpu.stat'));
  const usageUs = cpuStat('usage_usec');
  const throttledUs = cpuStat('throttled_usec');
  const usage = readNumber(join(memory, 'memory.current'));
  const inactiveFile = readCounters(join(memory, 'memory.stat'))('inactive_file');
  return {
    cpuSeconds: usageUs === null ? null : usageUs / 1e6,
    periods: cpuStat('nr_periods'),
    throttledPeriods: cpuStat('nr_throttled'),
    throttledSeconds: throttledUs === null ? null : throttledUs / 1e6,
    memoryBytes: usage === null ? null : Math.max(0, usage - (inactiveFile ?? 0)),
    oomKills: readCounters(join(memory, 'memory.events'))('oom_kill'),
  };
}

function missingIn(folder: string): readonly string[] {
  const present = readNames(join(folder, 'cgroup.subtree_control'));
  return controllers.filter((name) => !present.includes(name));
}

function hasBoth(names: readonly string[]): boolean {
  return controllers.every((name) => names.includes(name));
}

function readNames(file: string): readonly string[] {
  return (readText(file) ?? '').trim().split(/\s+/);
}
