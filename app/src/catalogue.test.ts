import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadCatalogue, type Definition } from './catalogue.ts';

let folder: string;
const modules = new Map<string, object>();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catalogue-'));
  modules.clear();
});
afterEach(() => rm(folder, { recursive: true }));

async function addFile(name: string, exported: object): Promise<void> {
  await writeFile(join(folder, name), '');
  modules.set(name, exported);
}

function load(): Promise<readonly Definition[]> {
  const importFile = (url: string): Promise<unknown> => {
    const exported = modules.get(url.slice(url.lastIndexOf('/') + 1));
    return exported === undefined
      ? Promise.reject(new Error(`${url} was imported`))
      : Promise.resolve(exported);
  };
  return loadCatalogue(pathToFileURL(`${folder}/`), 'thing', importFile);
}

const thing = (name: string): Definition => ({ kind: 'thing', name });

describe('loadCatalogue', () => {
  it('loads every definition in the order of names, and nothing else', async () => {
    await addFile('b-c.js', { thing: thing('b-c'), helper: () => 1 });
    await addFile('a.ts', { thing: thing('a') });
    for (const other of ['thing.ts', 'a.test.ts', 'a.d.ts', 'a.js.map', 'README.md', 'a.contract.ts']) {
      await writeFile(join(folder, other), '');
    }
    expect((await load()).map(({ name }) => name)).toEqual(['a', 'b-c']);
  });

  it.each([
    ['exports no thing', { other: { kind: 'other', name: 'a' } }],
    ['exports more than one thing', { one: thing('a'), two: thing('a') }],
    ['is called "b", it must be "a"', { thing: thing('b') }],
  ])('fails with file and reason when the file %s', async (reason, exported) => {
    await addFile('a.ts', exported);
    await expect(load()).rejects.toThrow(/^a\.ts: /);
    await expect(load()).rejects.toThrow(reason);
  });
});
