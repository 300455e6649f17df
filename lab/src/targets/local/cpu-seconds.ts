import { ticksPerSecond } from '../../core/proc-stat.ts';
import { findChildren } from './process-table.ts';
import { readProcStat } from './proc-stat.ts';

/**
 * CPU seconds, user and system, that the processes have used so far. `withChildren` names processes whose children
 * count too, running or ended (PostgreSQL works in children of its postmaster). Null where there is no `/proc`; a
 * process that has ended counts nothing.
 */
export function readCpuSeconds(
  pids: readonly number[],
  withChildren: readonly number[],
  platform: NodeJS.Platform,
): number | null {
  if (platform !== 'linux') return null;
  const own = sum(pids, ticksOf);
  const families = sum(withChildren, (pid) => {
    const stat = readProcStat(pid);
    if (stat === null) return 0;
    const running = sum(
      findChildren(pid, platform).map((child) => child.pid),
      ticksOf,
    );
    return stat.cpuTicks + stat.endedChildrenTicks + running;
  });
  return (own + families) / ticksPerSecond;
}

/** CPU seconds of the children of a process that have ended; null where there is no `/proc`. */
export function readEndedChildrenSeconds(pid: number): number | null {
  const stat = readProcStat(pid);
  return stat === null ? null : stat.endedChildrenTicks / ticksPerSecond;
}

function ticksOf(pid: number): number {
  return readProcStat(pid)?.cpuTicks ?? 0;
}

function sum<T>(items: readonly T[], valueOf: (item: T) => number): number {
  return items.reduce((total, item) => total + valueOf(item), 0);
}
