import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** All rule files of a folder as one file whose windows, offsets and waits are shorter by `factor`. */
export function scaleRules(folder, factor) {
  const groups = readdirSync(folder)
    .filter((name) => name.endsWith('.yml'))
    .flatMap((name) => parse(readFileSync(join(folder, name), 'utf8')).groups);
  return stringify({ groups: groups.map((group) => scaleGroup(group, factor)) });
}

function scaleGroup({ name, rules }, factor) {
  return { name, rules: rules.map((rule) => scaleRule(rule, factor)) };
}

/** Thresholds stay: no rule compares something that is per second or per window with a number that depends on it. */
function scaleRule(rule, factor) {
  const expr = rule.expr.replaceAll(
    /(\[|offset )(\d+[smhd])\b/g,
    (_, before, duration) => before + scaleDuration(duration, factor),
  );
  return rule.for === undefined ? { ...rule, expr } : { ...rule, expr, for: scaleDuration(rule.for, factor) };
}

function scaleDuration(duration, factor) {
  return `${Math.round((Number.parseInt(duration, 10) * UNIT_MS[duration.at(-1)]) / factor)}ms`;
}
