import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadCatalogue } from './catalogue.ts';
import { loadBehaviours, loadEndpoints } from './service.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'catalogue-'));
});

afterEach(() => rm(directory, { recursive: true }));

const write = (file: string, text: string) => writeFile(join(directory, file), text);

const load = () =>
  loadCatalogue({
    folder: pathToFileURL(`${directory}/`),
    interfaceFile: 'thing',
    isDefinition: (value): value is { name: string } =>
      typeof value === 'object' && value !== null && 'name' in value,
    load: (url) => import(url),
  });

test('the folders of this service are their own lists', async () => {
  expect((await loadEndpoints()).map(({ name }) => name)).toEqual([
    'random',
    'slow',
    'sometimes-fail',
    'timeout-trap',
  ]);
  expect((await loadBehaviours()).map(({ name }) => name)).toEqual(['delay', 'failure', 'slots', 'slowdown']);
});

test('definitions come in the order of their names; tests, declarations, maps and the interface are left out', async () => {
  await write('two.js', `export const two = { name: 'two' };`);
  await write('one-more.js', `export const limit = 3; export const one = { name: 'one-more' };`);
  for (const file of ['one.test.js', 'one.d.ts', 'one.js.map', 'thing.js'])
    await write(file, 'not even code');
  expect((await load()).map(({ name }) => name)).toEqual(['one-more', 'two']);
});

test.each([
  ['export const a = 1;', /one\.js must export exactly one definition, and it exports 0/],
  [`export const a = { name: 'one' }; export const b = { name: 'b' };`, /one\.js .* it exports 2/],
  [`export const a = { name: 'other' };`, /one\.js must define 'one', .* it defines 'other'/],
])('the file and the reason are named when a file says %s', async (text, message) => {
  await write('one.js', text);
  await expect(load()).rejects.toThrow(message);
});
