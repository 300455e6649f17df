import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleRun } from '../../test/fixtures/sample-run.ts';
import type { LabEvent } from '../core/events.ts';
import { toLine } from './recorder.ts';
import { readRecording, replay } from './replay.ts';

describe('a replay', () => {
  let folder = '';
  let path = '';
  const text = sampleRun().map(toLine).join('');
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'replay-'));
    path = join(folder, 'events.ndjson');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('gives every listener all events in order', async () => {
    await writeFile(path, text);
    const [left, right]: LabEvent[][] = [[], []];
    const result = await replay(path, [(event) => left?.push(event), (event) => right?.push(event)]);
    expect(left).toEqual(sampleRun());
    expect(right).toEqual(left);
    expect(result).toEqual({ events: left?.length, torn: false, complete: true });
  });

  it('reports a torn last line and leaves it out', async () => {
    await writeFile(path, text.slice(0, -20));
    const { recorded, torn, complete } = await readRecording(path);
    expect({ torn, complete }).toEqual({ torn: true, complete: false });
    expect(recorded).toEqual(sampleRun().slice(0, -1));
  });

  it('says that a run without its end is not complete', async () => {
    await writeFile(path, text.slice(0, text.lastIndexOf('{"type":"run-finished"')));
    expect(await readRecording(path)).toMatchObject({ torn: false, complete: false });
  });

  it.each([
    ['text', 'hello\nworld\n'],
    ['other JSON', '{"type":"request","ms":3}\n{"type":"request","ms":4}\n'],
    ['a recording without its beginning', text.slice(text.indexOf('\n') + 1)],
    ['a single torn line', '{"type":"run-sta'],
  ])('refuses %s, naming the file and the line', async (_, content) => {
    await writeFile(path, content);
    await expect(readRecording(path)).rejects.toThrow(
      /events\.ndjson is not a recording of a lab run: line 1 is not an event "run-started": ./,
    );
  });

  it('names the line that is broken in the middle', async () => {
    const lines = text.split('\n');
    await writeFile(path, [lines[0], 'oops', ...lines.slice(1)].join('\n'));
    await expect(readRecording(path)).rejects.toThrow(
      'is a broken recording: line 2 is not an event of the lab: oops',
    );
  });

  it('says that an empty recording is empty', async () => {
    await writeFile(path, '');
    await expect(readRecording(path)).rejects.toThrow('is empty: the run was stopped before it began');
  });

  it('says that a file is missing', async () => {
    await expect(readRecording(path)).rejects.toThrow(/the recording .* cannot be read: ENOENT/);
  });
});
