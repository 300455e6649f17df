import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { EventListener, LabEvent } from '../core/events.ts';

/** What became of reading a recording. */
export interface Replay {
  readonly events: number;
  /** The last line was cut off: the lab was killed while it wrote it. That line is left out. */
  readonly torn: boolean;
  /** The run came to its end. False: it was interrupted, and a report shows what is there. */
  readonly complete: boolean;
}

/**
 * Reads a recording and hands every event to each listener, in order. Rejects with a sentence that names the file and
 * the line when it cannot be read, is no recording, or is broken before its last line.
 */
export async function replay(path: string, listeners: readonly EventListener[]): Promise<Replay> {
  let events = 0;
  let torn = false;
  let complete = false;
  for await (const { line, number, last } of numberedLines(path)) {
    const event = parseEvent(line);
    if (event === undefined && last && events > 0) {
      torn = true;
      continue;
    }
    if (event === undefined || (events === 0 && event.type !== 'run-started'))
      throw new Error(faultOf(path, number, line));
    events += 1;
    complete = event.type === 'run-finished';
    for (const listener of listeners) listener(event);
  }
  if (events === 0) throw new Error(`${path} is empty: the run was stopped before it began`);
  return { events, torn, complete };
}

/** All events of a recording at once, as reports need them. Rejects as `replay` does. */
export async function readRecording(path: string): Promise<Replay & { readonly recorded: LabEvent[] }> {
  const recorded: LabEvent[] = [];
  const result = await replay(path, [(event) => recorded.push(event)]);
  return { ...result, recorded };
}

interface NumberedLine {
  readonly line: string;
  readonly number: number;
  readonly last: boolean;
}

/** Holds each line back until it is known whether another one follows. */
async function* numberedLines(path: string): AsyncGenerator<NumberedLine> {
  const input = createReadStream(path, 'utf8');
  const opened = new Promise<void>((resolve, reject) => {
    input.once('open', () => resolve());
    input.once('error', (error) =>
      reject(new Error(`the recording ${path} cannot be read: ${error.message}`, { cause: error })),
    );
  });
  await opened;
  let held: string | undefined;
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (line.trim() === '') continue;
    if (held !== undefined) yield { line: held, number, last: false };
    held = line;
    number += 1;
  }
  if (held !== undefined) yield { line: held, number, last: true };
}

const eventTypes = {
  'run-started': true,
  calibrated: true,
  'arm-started': true,
  'load-started': true,
  'phase-started': true,
  'load-second': true,
  sample: true,
  incident: true,
  'arm-finished': true,
  'scenario-finished': true,
  'run-finished': true,
} satisfies Record<LabEvent['type'], true>;

function parseEvent(line: string): LabEvent | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isEvent(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Trusts the rest of a line whose type is known: recordings are written by this program. */
function isEvent(value: unknown): value is LabEvent {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  return typeof value.type === 'string' && Object.hasOwn(eventTypes, value.type);
}

function faultOf(path: string, number: number, line: string): string {
  const start = line.length > 60 ? `${line.slice(0, 60)}…` : line;
  const fault = number === 1 ? 'is not a recording of a lab run' : 'is a broken recording';
  const wanted = number === 1 ? 'an event "run-started"' : 'an event of the lab';
  return `${path} ${fault}: line ${number} is not ${wanted}: ${start}`;
}
