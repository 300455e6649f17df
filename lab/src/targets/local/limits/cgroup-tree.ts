import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { TargetError } from '../target-error.ts';

/** The kernel's control groups: files below a root, which tests put elsewhere. */
export interface CgroupTree {
  /** Of `/proc` and `/sys`; `/` except in tests. */
  readonly root: string;
  makeGroup(folder: string): void;
  /** Throws EBUSY while processes or groups are in it. */
  removeGroup(folder: string): void;
}

export const kernelTree: CgroupTree = { root: '/', makeGroup: mkdirSync, removeGroup: rmdirSync };

/** Null when the file does not exist or may not be read. */
export function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** Null when the file is no number. */
export function readNumber(file: string): number | null {
  const text = readText(file)?.trim() ?? '';
  return /^-?\d+$/.test(text) ? Number(text) : null;
}

/** Lines of a name and a number, as in `cpu.stat` and `memory.stat`. */
export function readCounters(file: string): (name: string) => number | null {
  const lines = (readText(file) ?? '').split('\n').map((line) => line.split(' '));
  const counters = new Map(lines.map(([name = '', value = '']) => [name, Number(value)]));
  return (name) => counters.get(name) ?? null;
}

/** Throws a `TargetError` with the kernel's reason. */
export function writeLimit(file: string, value: string | number): void {
  try {
    writeFileSync(file, String(value));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new TargetError('not-supported', `the kernel refused ${value} in ${file} (${code})`, {
      cause: error,
    });
  }
}
