import { readFile, writeFile } from 'node:fs/promises';
import { format } from 'prettier';

const fileOf = (path: string): URL => new URL(`../../../${path}`, import.meta.url);

/** A file of the repository, by its path from the root. */
export const readRepositoryFile = (path: string): Promise<string> => readFile(fileOf(path), 'utf8');

export type Row = readonly string[];

/** A table as it stands between the marks `<!-- table: name -->` and `<!-- /table -->` of a page, without its heading. */
export async function readTable(path: string, name: string): Promise<readonly Row[]> {
  const page = await readRepositoryFile(path);
  const [start, end] = boundsOf(page, name);
  return page
    .slice(start, end)
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[ :|-]+\|$/.test(line))
    .slice(1)
    .map(toCells);
}

/**
 * What a page must say: compares its table with the rows that the code gives; with UPDATE_DOCS=1 it writes them into the
 * page instead.
 */
export async function syncTable(
  path: string,
  name: string,
  head: Row,
  rows: readonly Row[],
): Promise<{ readonly documented: readonly Row[]; readonly actual: readonly Row[] }> {
  const actual = rows.map((row) => row.map((cell) => cell.replaceAll('`', '')));
  if (process.env['UPDATE_DOCS'] === '1') {
    const page = await readRepositoryFile(path);
    const [start, end] = boundsOf(page, name);
    const table = [head, head.map(() => '-'), ...rows].map((row) => `| ${row.map(escape).join(' | ')} |`);
    const text = `${page.slice(0, start)}\n\n${table.join('\n')}\n\n${page.slice(end)}`;
    await writeFile(
      fileOf(path),
      await format(text, { parser: 'markdown', printWidth: 110, proseWrap: 'preserve' }),
    );
  }
  return { documented: await readTable(path, name), actual };
}

function boundsOf(page: string, name: string): [number, number] {
  const mark = `<!-- table: ${name} -->`;
  const start = page.indexOf(mark);
  const end = page.indexOf('<!-- /table -->', start);
  if (start < 0 || end < 0) throw new Error(`the page has no table "${name}"`);
  return [start + mark.length, end];
}

/** A bar inside a cell is written \| in Markdown. */
const escape = (cell: string): string => cell.replaceAll('|', String.raw`\|`);

function toCells(line: string): string[] {
  return line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) =>
      cell
        .trim()
        .replaceAll('`', '')
        .replaceAll(String.raw`\|`, '|')
        .replaceAll(String.raw`\_`, '_'),
    );
}
