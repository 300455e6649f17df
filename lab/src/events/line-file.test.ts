import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { createTestFolder } from '../../../test/local-target.ts';
import { openLineFile } from './line-file.ts';

const fail = (error: Error): never => {
  throw error;
};

it('has every line when close resolves, and none that came afterwards', async () => {
  const path = join(createTestFolder(), 'lines.json');
  const file = await openLineFile(path, fail);
  file.write('one');
  file.write('two');
  await file.close();
  file.write('three');
  await file.close();
  expect(await readFile(path, 'utf8')).toBe('one\ntwo\n');
});

it('packs a file whose name ends in .gz', async () => {
  const path = join(createTestFolder(), 'lines.json.gz');
  const file = await openLineFile(path, fail);
  file.write('one');
  await file.close();
  expect(gunzipSync(await readFile(path)).toString()).toBe('one\n');
});

it('rejects when the file cannot be opened', async () => {
  await expect(openLineFile(join(createTestFolder(), 'nowhere', 'lines.json'), fail)).rejects.toThrow(
    'ENOENT',
  );
});

it.runIf(process.platform === 'linux')(
  'says once that the disk is full, and closes all the same',
  async () => {
    const told: string[] = [];
    const file = await openLineFile('/dev/full', ({ message }) => told.push(message));
    file.write('one');
    file.write('two');
    await file.close();
    expect(told).toEqual([expect.stringContaining('ENOSPC')]);
  },
);
