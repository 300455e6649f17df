import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleRun } from '../../test/fixtures/sample-run.ts';
import type { LabEvent } from '../core/events.ts';
import { recordingFileName, startRecorder, toLine } from './recorder.ts';

function fullDisk(): Writable {
  const stream = new Writable({ write: (_, __, done) => done(new Error('no space left')) });
  process.nextTick(() => stream.emit('open'));
  return stream;
}

describe('a recorder', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'recorder-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('has written every event as one line when close resolves', async () => {
    const events = sampleRun();
    const recorder = await startRecorder(join(folder, 'made', 'here'));
    events.forEach(recorder.listener);
    await recorder.close();
    const lines = (await readFile(join(folder, 'made', 'here', recordingFileName), 'utf8')).split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual(events);
  });

  it('can be closed twice and ignores what comes afterwards', async () => {
    const recorder = await startRecorder(folder);
    recorder.listener({ type: 'run-finished', durationSeconds: 1 });
    await recorder.close();
    recorder.listener({ type: 'run-finished', durationSeconds: 2 });
    await recorder.close();
    expect((await readFile(recorder.path, 'utf8')).trim().split('\n')).toHaveLength(1);
  });

  it('never writes into the recording of another run', async () => {
    await writeFile(join(folder, recordingFileName), 'precious');
    await expect(startRecorder(folder)).rejects.toThrow(
      /recording .*events\.ndjson cannot be written: EEXIST/,
    );
    expect(await readFile(join(folder, recordingFileName), 'utf8')).toBe('precious');
  });

  it('reports at once, and once more at close, that the disk took no more', async () => {
    const told: string[] = [];
    const recorder = await startRecorder(folder, ({ message }) => told.push(message), fullDisk);
    recorder.listener({ type: 'run-finished', durationSeconds: 1 });
    await expect(recorder.close()).rejects.toThrow('no space left');
    recorder.listener({ type: 'run-finished', durationSeconds: 2 });
    expect(told).toHaveLength(1);
  });
});

describe('a line of a recording', () => {
  it('leaves out a metric that is not a number', () => {
    const event: LabEvent = {
      type: 'sample',
      scenario: 's',
      arm: 'a',
      attempt: 1,
      sample: {
        service: 'backend',
        replica: 'r',
        atSecond: 1,
        metrics: { good: 1, nan: NaN, huge: Infinity },
      },
    };
    expect(JSON.parse(toLine(event))).toMatchObject({ sample: { metrics: { good: 1 } } });
    expect(toLine(event)).not.toMatch(/null|nan|huge/);
  });
});
