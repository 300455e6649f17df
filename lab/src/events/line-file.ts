import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { createGzip } from 'node:zlib';

/** A file of lines that is written beside a run. */
export interface LineFile {
  /** Takes a line without its line feed. Never throws and never waits; after a failed write it does nothing. */
  write(line: string): void;
  /** Resolves when everything is in the file, or cannot be. Idempotent. */
  close(): Promise<void>;
}

/**
 * Makes the file, or empties it; packs it when its name ends in `.gz`. Rejects when it cannot be opened; `onError` hears
 * of a later error, such as a full disk, when it happens, once.
 */
export async function openLineFile(path: string, onError: (error: Error) => void): Promise<LineFile> {
  const file = createWriteStream(path);
  await new Promise<void>((resolve, reject) => {
    file.once('open', () => resolve());
    file.once('error', reject);
  });
  let hasFailed = false;
  file.on('error', (error) => {
    if (!hasFailed) onError(error);
    hasFailed = true;
  });
  const input: Writable = path.endsWith('.gz') ? createGzip() : file;
  if (input !== file) input.pipe(file);
  const closed = new Promise<void>((resolve) => file.once('close', () => resolve()));
  let isOpen = true;
  return {
    write: (line) => {
      if (isOpen && !hasFailed) input.write(`${line}\n`);
    },
    close: () => {
      if (isOpen) input.end();
      isOpen = false;
      return closed;
    },
  };
}
