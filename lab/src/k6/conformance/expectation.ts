import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a run of a script left behind. */
export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Where its files are; `summary-export.json` among them. */
  readonly folder: string;
}

export interface Head {
  readonly flags: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly expectations: readonly string[];
}

/** The comments at the head of a script: `// flags:`, `// env:`, `// expect:`. */
export function parseHead(source: string): Head {
  const after = (name: string) =>
    source
      .split('\n')
      .flatMap((line) => (line.startsWith(`// ${name}: `) ? [line.slice(name.length + 5)] : []));
  const words = (name: string) => after(name).flatMap((line) => line.split(' '));
  return {
    flags: words('flags'),
    environment: Object.fromEntries(words('env').map((word) => word.split('=') as [string, string])),
    expectations: after('expect'),
  };
}

const comparisons: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '==': (left, right) => Math.abs(left - right) < 1e-9,
  '>=': (left, right) => left >= right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '<': (left, right) => left < right,
};

/**
 * Whether it holds: `exit 99`; `stdout has text`, `stderr lacks text`, `file name has text`; `path missing` or
 * `path == 3` in the file of --summary-export.
 */
export function holds(expectation: string, ran: Ran): boolean {
  const exit = /^exit (\d+)$/.exec(expectation);
  if (exit !== null) return ran.exitCode === Number(exit[1]);
  const output = /^(stdout|stderr) (has|lacks) (.+)$/.exec(expectation);
  if (output !== null)
    return ran[output[1] as 'stdout' | 'stderr'].includes(output[3] ?? '') === (output[2] === 'has');
  const file = /^file (\S+) has (.+)$/.exec(expectation);
  if (file !== null) return readText(join(ran.folder, file[1] ?? '')).includes(file[2] ?? '');
  const [, path = '', operator = '', number = ''] =
    /^(.+?) (missing|==|>=|<=|>|<)(?: (\S+))?$/.exec(expectation) ?? [];
  const compare = comparisons[operator];
  const summary = readText(join(ran.folder, 'summary-export.json'));
  const value = find(summary === '' ? {} : (JSON.parse(summary) as unknown), path);
  if (operator === 'missing') return value === undefined;
  if (compare === undefined) throw new Error(`"${expectation}" cannot be read`);
  return typeof value === 'number' && compare(value, Number(number));
}

function readText(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Names by dots; a dot inside of a name, as in `p(99.9)`, is tried too. */
function find(tree: unknown, path: string): unknown {
  if (path === '') return tree;
  if (typeof tree !== 'object' || tree === null) return undefined;
  const names = Object.keys(tree).sort((left, right) => right.length - left.length);
  const name = names.find((key) => path === key || path.startsWith(`${key}.`));
  return name === undefined
    ? undefined
    : find((tree as Record<string, unknown>)[name], path.slice(name.length + 1));
}
