import { readFileSync } from 'node:fs';

/** Linux reports CPU time to programs in 1/100 s on every architecture (USER_HZ; proc_pid_stat(5)). */
const ticksPerSecond = 100;

/** CPU time of a living process, user and system, in seconds; null where `/proc` does not say. */
export function cpuSecondsOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in parentheses and may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  } catch {
    return null;
  }
}
