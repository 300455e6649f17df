import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Host } from './host.ts';

/** Where a program lies on the user's PATH; null where it does not. */
export function findProgram(host: Host, name: string): string | null {
  const folders = (host.environment['PATH'] ?? '').split(delimiter);
  const folder = folders.find((candidate) => existsSync(join(candidate, name)));
  return folder === undefined ? null : join(folder, name);
}
