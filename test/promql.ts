import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..');
export const rulesFolder = join(root, 'observability/prometheus/rules');

export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly Rule[];
}

export const ruleFiles = readdirSync(rulesFolder).filter((name) => name.endsWith('.yml'));

export function readGroups(file: string): readonly RuleGroup[] {
  return (parse(readFileSync(join(rulesFolder, file), 'utf8')) as { groups: readonly RuleGroup[] }).groups;
}

export const readRules = (file: string): readonly Rule[] => readGroups(file).flatMap(({ rules }) => rules);

const KEYWORDS = new Set(['and', 'or', 'unless', 'bool', 'offset']);

/** Names of the metrics that an expression reads; no parser, but enough for expressions as ours are written. */
export function metricsOf(expression: string): string[] {
  const bare = expression
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]|"[^"]*"/g, ' ')
    .replaceAll(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ');
  const names = bare.matchAll(/(?<![\w.:])[a-zA-Z_:][\w:]*(?![\w:]*\s*\()/g);
  return [...new Set([...names].map(([name]) => name).filter((name) => !KEYWORDS.has(name)))];
}

/** Where promtool lies on PATH; undefined where Prometheus is not installed. */
const promtool = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'promtool'))
  .find((path) => existsSync(path));

export const hasPromtool = promtool !== undefined;

/** What promtool says, and whether it is content. */
export function runPromtool(
  args: readonly string[],
  input = '',
): { readonly ok: boolean; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(promtool ?? 'promtool', args, { input, encoding: 'utf8' });
  return { ok: status === 0, said: stdout + stderr };
}
