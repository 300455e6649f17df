/** Linux reports CPU time to programs in 1/100 s on every architecture (USER_HZ; proc_pid_stat(5)). */
export const ticksPerSecond = 100;

/** The part of `/proc/<pid>/stat` that the lab uses; field numbers as in proc_pid_stat(5). Times are in clock ticks. */
export interface ProcStat {
  /** Field 2, without its brackets. */
  readonly name: string;
  /** Field 3. `Z` is a zombie: ended, but not yet reaped by its parent. */
  readonly state: string;
  readonly parentPid: number;
  /** User and system time of the process itself. */
  readonly cpuTicks: number;
  /** CPU time of children that have ended and were waited for. */
  readonly endedChildrenTicks: number;
  /** Field 22: start after boot. */
  readonly startTicks: string;
}

/** Parses the file's text; null when it is none. The name may itself contain spaces and brackets. */
export function parseProcStat(text: string): ProcStat | null {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const startTicks = fields[19];
  if (startTicks === undefined) return null;
  return {
    name: text.slice(text.indexOf('(') + 1, text.lastIndexOf(')')),
    state: fields[0] ?? '',
    parentPid: Number(fields[1]),
    cpuTicks: Number(fields[11]) + Number(fields[12]),
    endedChildrenTicks: Number(fields[13]) + Number(fields[14]),
    startTicks,
  };
}
