import { readFileSync, readdirSync } from 'node:fs';
import { parseProcStat, type ProcStat } from '../../core/proc-stat.ts';

/** Null when there is no such process, or no `/proc`. */
export function readProcStat(pid: number): ProcStat | null {
  return parseProcStat(readProcFile(pid, 'stat') ?? '');
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
