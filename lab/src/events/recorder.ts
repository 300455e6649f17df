import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import type { EventListener, LabEvent } from '../core/events.ts';

/** Name of a recording inside the folder of its run. */
export const recordingFileName = 'events.ndjson';

/** Writes down a run as it happens. A recording is enough to make every report again. */
export interface Recorder {
  readonly path: string;
  /** Writes one event as one line. Never throws and never waits; after a failed write it does nothing. */
  readonly listener: EventListener;
  /** Resolves when every event is in the file. Rejects with the first error of opening or writing. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts `<folder>/events.ndjson`; the folder is made where it is missing. Rejects when the file exists: two runs in one
 * recording could not be told apart. `onError` hears of a write error (a full disk) when it happens, once; `open` makes
 * the stream, which says `open` when it is ready.
 */
export async function startRecorder(
  folder: string,
  onError: (error: Error) => void = () => {},
  open: (path: string) => Writable = (path) => createWriteStream(path, { flags: 'wx' }),
): Promise<Recorder> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, recordingFileName);
  const stream = open(path);
  await new Promise<void>((resolve, reject) => {
    stream.once('open', () => resolve());
    stream.once('error', (error) => reject(toRecordingError(path, error)));
  });

  let failure: Error | undefined;
  let closed: Promise<void> | undefined;
  stream.on('error', (error) => {
    if (failure !== undefined) return;
    failure = toRecordingError(path, error);
    onError(failure);
  });

  const close = async () => {
    await new Promise<void>((resolve) => {
      stream.once('close', () => resolve());
      if (stream.closed) resolve();
      else stream.end();
    });
    if (failure !== undefined) throw failure;
  };

  return {
    path,
    listener: (event) => {
      if (failure === undefined && closed === undefined) stream.write(toLine(event));
    },
    close: () => (closed ??= close()),
  };
}

/** One event as a line of a recording. A metric that is not a finite number is left out: JSON would make it null. */
export function toLine(event: LabEvent): string {
  const line = JSON.stringify(event, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? undefined : value,
  );
  return `${line}\n`;
}

function toRecordingError(path: string, cause: Error): Error {
  return new Error(`the recording ${path} cannot be written: ${cause.message}`, { cause });
}
