import { findChildren } from './process-table.ts';
import { readProcStat } from './proc-stat.ts';
import type { ProcStat } from './proc-stat.ts';

/** Linux reports CPU times in USER_HZ, which is 100 on every architecture that Node runs on (time(7)). */
const ticksPerSecond = 100;

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
    return toTicks(stat) + stat.endedChildrenTicks + running;
  });
  return (own + families) / ticksPerSecond;
}

function ticksOf(pid: number): number {
  const stat = readProcStat(pid);
  return stat === null ? 0 : toTicks(stat);
}

function toTicks(stat: ProcStat): number {
  return stat.userTicks + stat.systemTicks;
}

function sum<T>(items: readonly T[], valueOf: (item: T) => number): number {
  return items.reduce((total, item) => total + valueOf(item), 0);
}
