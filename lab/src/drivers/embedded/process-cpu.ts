import { readFileSync } from 'node:fs';
import { parseProcStat, ticksPerSecond } from '../../core/proc-stat.ts';

/** CPU time of a living process, user and system, in seconds; null where `/proc` does not say. */
export function cpuSecondsOf(pid: number): number | null {
  try {
    const stat = parseProcStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    return stat === null ? null : stat.cpuTicks / ticksPerSecond;
  } catch {
    return null;
  }
}
