import { readdir, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

const SOURCES = new URL('../src/', import.meta.url);
/** A statement with a name: PostgreSQL prepares it under that name, once on each connection. */
const NAMED = /name:\s*'([^']+)',\s*text:/g;

it('the name of a prepared statement belongs to one statement: pg refuses a second text under it', async () => {
  const files = await readdir(SOURCES, { recursive: true });
  const names: string[] = [];
  for (const file of files.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))) {
    const source = await readFile(new URL(file, SOURCES), 'utf8');
    names.push(...Array.from(source.matchAll(NAMED), ([, name]) => String(name)));
  }
  expect(names).toContain('task-insert');
  expect(names.length).toBeGreaterThanOrEqual(10);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
