import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readProcStat } from './proc-stat.ts';

/** A process, told from a later one that got the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Comparable only on one machine: ticks since boot with the boot's id (Linux), a date to the second elsewhere. */
  readonly startTime: string;
}

/** Null when no such process runs. A zombie has ended: it is not running. */
export function identifyProcess(pid: number, platform: NodeJS.Platform): ProcessIdentity | null {
  const startTime = platform === 'linux' ? readLinuxStartTime(pid) : readStartTimeByPs(pid);
  return startTime === null ? null : { pid, startTime };
}

/** True while exactly this process runs. */
export function isRunning(identity: ProcessIdentity, platform: NodeJS.Platform): boolean {
  return identifyProcess(identity.pid, platform)?.startTime === identity.startTime;
}

/** True when the value read from a file has the shape of an identity. */
export function isProcessIdentity(value: unknown): value is ProcessIdentity {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, startTime } = value as Record<string, unknown>;
  return typeof pid === 'number' && Number.isInteger(pid) && pid > 0 && typeof startTime === 'string';
}

function readLinuxStartTime(pid: number): string | null {
  const stat = readProcStat(pid);
  if (stat === null || stat.state === 'Z' || stat.state === 'X') return null;
  return `${stat.startTicks}@${readBootId()}`;
}

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

function readStartTimeByPs(pid: number): string | null {
  try {
    const line = execFileSync('/bin/ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    const [state = '', ...start] = line.split(/\s+/);
    return start.length === 0 || state.startsWith('Z') ? null : start.join(' ');
  } catch {
    return null;
  }
}
