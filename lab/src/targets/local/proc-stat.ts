import { readFileSync, readdirSync } from 'node:fs';

/** The part of `/proc/<pid>/stat` that the lab uses; field numbers as in proc(5). Times are in clock ticks. */
export interface ProcStat {
  /** Field 3. `Z` is a zombie: ended, but not yet reaped by its parent. */
  readonly state: string;
  readonly parentPid: number;
  readonly userTicks: number;
  readonly systemTicks: number;
  /** CPU time of children that have ended and were waited for. */
  readonly endedChildrenTicks: number;
  /** Field 22: start after boot. */
  readonly startTicks: string;
}

/** Null when there is no such process, or no `/proc`. */
export function readProcStat(pid: number): ProcStat | null {
  const text = readProcFile(pid, 'stat');
  // The second field is the program's name in brackets and may itself contain spaces and brackets.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  const startTicks = fields?.[19];
  if (fields === undefined || startTicks === undefined) return null;
  return {
    state: fields[0] ?? '',
    parentPid: Number(fields[1]),
    userTicks: Number(fields[11]),
    systemTicks: Number(fields[12]),
    endedChildrenTicks: Number(fields[13]) + Number(fields[14]),
    startTicks,
  };
}

/** Null when the process or the file does not exist, or may not be read by this user. */
export function readProcFile(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return null;
  }
}

/** All processes that `/proc` shows; none where there is no `/proc`. */
export function listPids(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}
