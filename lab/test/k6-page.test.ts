import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { executorNames } from '../src/k6/executors.ts';
import { exitCodeMeanings } from '../src/k6/exit-code.ts';
import { flagTable } from '../src/k6/flags.ts';
import { supportedApi } from '../src/k6/sandbox/supported.ts';

const path = fileURLToPath(new URL('../../docs/k6.md', import.meta.url));
const code = (text: string) => `\`${text}\``;

const tables: Readonly<Record<string, readonly (readonly string[])[]>> = {
  modules: [
    ['module', 'exports'],
    ...Object.entries(supportedApi).map(([module, names]) => [code(module), names.map(code).join(', ')]),
  ],
  executors: [['executor'], ...executorNames.map((name) => [code(name)])],
  flags: [
    ['flag', 'meaning'],
    ...flagTable().map(({ names, help }) => [names.map(code).join(', '), help.replaceAll('<', '\\<')]),
  ],
  'exit codes': [
    ['code', 'when'],
    ...Object.entries(exitCodeMeanings).map(([exitCode, meaning]) => [exitCode, meaning]),
  ],
};

/** The page with the tables of the code; `UPDATE_DOCS=1` writes it. */
async function generated(page: string): Promise<string> {
  let text = page;
  for (const [name, [head = [], ...rows]] of Object.entries(tables)) {
    const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
    const place = new RegExp(`(<!-- table: ${name} -->\n).*?(<!-- /table -->)`, 's');
    text = text.replace(place, (_, start: string, end: string) => `${start}\n${lines.join('\n')}\n\n${end}`);
  }
  return format(text, { ...(await resolveConfig(path)), parser: 'markdown' });
}

test('docs/k6.md has what the runner supports, as the code has it', async () => {
  const page = readFileSync(path, 'utf8');
  const expected = await generated(page);
  if (process.env['UPDATE_DOCS'] !== undefined) writeFileSync(path, expected);
  expect(readFileSync(path, 'utf8')).toBe(expected);
});
