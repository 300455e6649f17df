import { basename, join } from 'node:path';
import { existsSync, writeFileSync } from 'node:fs';
import type { LocalHost } from '../local-host.ts';
import { waitUntil } from '../waiting.ts';
import { kernelTree, readText } from './cgroup-tree.ts';
import type { CgroupTree } from './cgroup-tree.ts';

/** How long killed processes may take to leave their group. */
const removalMs = 3_000;

/** The name of a group: the run's, so that the guard can tell it from others. */
export function toGroupName(runId: string, number: number, name: string): string {
  return toFileName(`lab-${runId}-${number}-${name}`);
}

export function isGroupOfRun(folder: string, runId: string): boolean {
  return basename(folder).startsWith(toFileName(`lab-${runId}-`));
}

/** Kills what is in the group and removes it. False when it is still there after 3 s; one that is gone is no error. */
export async function removeGroup(
  host: Pick<LocalHost, 'kill'>,
  folder: string,
  tree: CgroupTree = kernelTree,
): Promise<boolean> {
  return waitUntil(() => tryRemove(host, folder, tree), { deadlineMs: removalMs, intervalMs: 10 });
}

/** One attempt. */
export function tryRemove(host: Pick<LocalHost, 'kill'>, folder: string, tree: CgroupTree): boolean {
  if (!existsSync(folder)) return true;
  liftQuota(folder);
  for (const pid of readMembers(folder)) kill(host, pid);
  try {
    tree.removeGroup(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** A process needs CPU time to end: under a small quota, on its own time, it would take seconds. */
export function liftQuota(folder: string): void {
  for (const [name, unlimited] of [
    ['cpu.cfs_quota_us', '-1'],
    ['cpu.max', 'max'],
  ] as const) {
    try {
      if (existsSync(join(folder, name))) writeFileSync(join(folder, name), unlimited);
    } catch {
      // It ends without that too, only later.
    }
  }
}

function readMembers(folder: string): readonly number[] {
  const lines = (readText(join(folder, 'cgroup.procs')) ?? '').split('\n');
  return lines.map(Number).filter((pid) => pid > 0);
}

function kill(host: Pick<LocalHost, 'kill'>, pid: number): void {
  try {
    host.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function toFileName(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._-]/g, '_');
}
