import { readFileSync } from 'node:fs';

/** Of this machine's kernel, which containers on it share. Null where there is no Linux: then none is here. */
export function readBootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}
