import {
  chmodSync,
  constants,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
} from 'node:fs';
import { statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

const othersRead = 0o004;
const othersExecute = 0o001;

/** True when the modes of the folder's parents and of all that is in it let every user read and execute it. */
export function isReadableByOthers(folder: string): boolean {
  for (let parent = folder; parent !== dirname(parent); parent = dirname(parent)) {
    if ((statSync(parent).mode & othersExecute) === 0) return false;
  }
  return isTreeReadable(folder);
}

/**
 * Copies a folder so that every user can read and execute the copy. A file that already has such a mode and lies on
 * the same device is hard-linked, which costs neither time nor space; the original is never changed.
 */
export function copyReadable(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) copyReadable(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else copyFile(source, target);
  }
}

function copyFile(source: string, target: string): void {
  const { mode } = statSync(source);
  if (isModeReadable(mode) && tryLink(source, target)) return;
  copyFileSync(source, target, constants.COPYFILE_FICLONE);
  chmodSync(target, (mode & 0o100) === 0 ? 0o644 : 0o755);
}

/** Not possible across devices, nor where the kernel protects links to files of others. */
function tryLink(source: string, target: string): boolean {
  try {
    linkSync(source, target);
    return true;
  } catch {
    return false;
  }
}

function isTreeReadable(folder: string): boolean {
  if (!isModeReadable(statSync(folder).mode)) return false;
  return readdirSync(folder, { withFileTypes: true }).every((entry) => {
    if (entry.isDirectory()) return isTreeReadable(join(folder, entry.name));
    return entry.isSymbolicLink() || isModeReadable(lstatSync(join(folder, entry.name)).mode);
  });
}

/** What its owner may execute, others must be able to execute too. */
function isModeReadable(mode: number): boolean {
  return (mode & othersRead) !== 0 && ((mode & 0o100) === 0 || (mode & othersExecute) !== 0);
}
