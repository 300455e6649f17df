import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nearestNames } from '../core/nearest.ts';
import { UsageError } from '../core/settings.ts';
import type { RunDocument } from '../core/document.ts';
import { recordingFileName } from '../events/recorder.ts';
import type { Host } from './host.ts';

/** All that a run leaves behind is below this folder of the working folder. */
export function runsFolder(host: Host): string {
  return join(host.workingFolder, 'runs');
}

/** An id that sorts by time, for example `20261125-040312-9f3c`. */
export function newRunId(host: Host): string {
  const stamp = host.clock.now().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${stamp}-${host.randomId()}`;
}

/** The folder of a run that exists; `latest` is the newest one. Throws UsageError with the nearest ids. */
export function findRunFolder(host: Host, id: string): string {
  const root = runsFolder(host);
  const known = existsSync(root)
    ? readdirSync(root)
        .filter((name) => isRun(join(root, name)))
        .sort()
    : [];
  const wanted = id === 'latest' ? known.at(-1) : id;
  if (wanted !== undefined && known.includes(wanted)) return join(root, wanted);
  const hint = nearestNames(id, known);
  throw new UsageError(
    known.length === 0
      ? `There is no run in ${root}; npm run demo makes one.`
      : `There is no run "${id}" in ${root}. ${hint.length > 0 ? `Did you mean ${hint.join(' or ')}?` : `The newest is ${known.at(-1)}.`}`,
  );
}

/** A run, or a series of runs; `lab up` leaves only logs. */
function isRun(folder: string): boolean {
  return existsSync(join(folder, recordingFileName)) || existsSync(join(folder, '001'));
}

/** Folders of the finished repetitions of a series, in order. */
export function repetitionFolders(seriesFolder: string): string[] {
  return readdirSync(seriesFolder)
    .filter((name) => /^\d{3}$/.test(name) && existsSync(join(seriesFolder, name, 'run.json')))
    .sort()
    .map((name) => join(seriesFolder, name));
}

export function readRunDocument(folder: string): RunDocument {
  return JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as RunDocument;
}
