import { execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { identifyProcess } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { listPids, readProcFile, readProcStat } from './proc-stat.ts';

/** The variable that every process of a run carries. Its value is the run's id. */
export const markerVariable = 'LAB_RUN_ID';

/**
 * Linux: all running processes whose environment carries the run's marker, or that work below one of the folders.
 * The folders are for PostgreSQL's children: they overwrite their environment with their title, but their working
 * folder is the data folder. Elsewhere: none.
 */
export function findProcessesOfRun(runId: string, folders: readonly string[]): readonly ProcessIdentity[] {
  const marker = `${markerVariable}=${runId}`;
  return listPids()
    .filter((pid) => hasMarker(pid, marker) || worksBelow(pid, folders))
    .map((pid) => identifyProcess(pid, 'linux'))
    .filter((identity) => identity !== null);
}

/** The running children of a process. */
export function findChildren(parentPid: number, platform: NodeJS.Platform): readonly ProcessIdentity[] {
  const pids = platform === 'linux' ? listLinuxChildren(parentPid) : listChildrenByPs(parentPid);
  return pids.map((pid) => identifyProcess(pid, platform)).filter((identity) => identity !== null);
}

/** The command line with spaces between its words; null where it cannot be known. */
export function readCommandLine(pid: number, platform: NodeJS.Platform): string | null {
  const line =
    platform === 'linux'
      ? readProcFile(pid, 'cmdline')?.replaceAll('\0', ' ')
      : runPs(['-o', 'command=', '-p', String(pid)]);
  const trimmed = line?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}

function hasMarker(pid: number, marker: string): boolean {
  return readProcFile(pid, 'environ')?.split('\0').includes(marker) ?? false;
}

function worksBelow(pid: number, folders: readonly string[]): boolean {
  try {
    const folder = readlinkSync(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, '');
    return folders.some((parent) => folder === parent || folder.startsWith(`${parent}/`));
  } catch {
    return false;
  }
}

function listLinuxChildren(parentPid: number): readonly number[] {
  // The file exists only in kernels with CONFIG_PROC_CHILDREN.
  const children = readProcFile(parentPid, `task/${parentPid}/children`);
  if (children !== null) return children.trim().split(' ').filter(Boolean).map(Number);
  return listPids().filter((pid) => readProcStat(pid)?.parentPid === parentPid);
}

function listChildrenByPs(parentPid: number): readonly number[] {
  const rows = (runPs(['-axo', 'pid=,ppid=']) ?? '')
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number));
  return rows.flatMap(([pid, parent]) => (pid !== undefined && parent === parentPid ? [pid] : []));
}

function runPs(args: readonly string[]): string | null {
  try {
    return execFileSync('/bin/ps', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return null;
  }
}
