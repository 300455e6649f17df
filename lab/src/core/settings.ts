import { unknownName } from './nearest.ts';
import type { Calibration, Protections, Scenario } from './scenario.ts';

/** What the user typed cannot be used; the message says what was received and what is legal. */
export class UsageError extends Error {
  readonly code = 'USAGE';
}

/**
 * Applies `path=number` settings, for example `trigger.durationSeconds=4`, to any number of the scenario but the bounds
 * of its claims: those are written before the run. Throws UsageError with every fault.
 */
export function applySettings(scenario: Scenario, settings: readonly string[]): Scenario {
  const { calibration, ...data } = scenario;
  const copy = structuredClone(data) as unknown as Tree;
  const legal = numberPaths(copy);
  const faults: string[] = [];
  for (const setting of settings) {
    const separator = setting.indexOf('=');
    const path = setting.slice(0, Math.max(0, separator));
    const value = Number(setting.slice(separator + 1));
    if (separator < 1) faults.push(`--set ${setting}: expected path=number, for example ${legal[0] ?? ''}=4`);
    else if (!legal.includes(path)) faults.push(unknownName(`setting of ${scenario.name}`, path, legal));
    else if (!Number.isFinite(value) || value < 0 || setting.endsWith('='))
      faults.push(`--set ${setting}: "${setting.slice(separator + 1)}" is not a number of 0 or more`);
    else assign(copy, path.split('.'), value);
  }
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
  const changed = copy as unknown as Scenario;
  if (calibration === undefined) return changed;
  // What the user has set stays, also where the calibration states the load anew.
  const apply: Calibration['apply'] = (readings, machine) =>
    applySettings({ ...changed, ...calibration.apply(readings, machine) }, settings);
  return { ...changed, calibration: { ...calibration, apply } };
}

/** Dotted paths of all numbers that `--set` can change. */
export function settingPaths(scenario: Scenario): string[] {
  return numberPaths(scenario as unknown as Tree);
}

/** Reads the list syntax of the backend's variable PROTECTIONS: `name:setting=value;setting=value,name`. */
export function parseProtections(text: string): Protections {
  const protections: Record<string, Record<string, string>> = {};
  for (const entry of text.split(',')) {
    const [name = '', ...rest] = entry.trim().split(':');
    if (name === '') throw new UsageError(`"${text}": expected name or name:setting=value;setting=value`);
    const settings: Record<string, string> = {};
    for (const pair of rest.join(':').split(';').filter(Boolean)) {
      const [setting = '', value] = pair.split('=');
      if (value === undefined || setting === '')
        throw new UsageError(`"${pair}" of ${name}: expected setting=value`);
      settings[setting] = value;
    }
    protections[name] = settings;
  }
  return protections;
}

/** Writes protections as the backend's variable PROTECTIONS takes them. */
export function formatProtections(protections: Protections): string {
  return Object.entries(protections)
    .map(([name, settings]) => {
      const pairs = Object.entries(settings).map(([setting, value]) => `${setting}=${String(value)}`);
      return pairs.length === 0 ? name : `${name}:${pairs.join(';')}`;
    })
    .join(',');
}

interface Tree {
  [key: string]: unknown;
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

function numberPaths(tree: Tree, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    if (key === 'failureClaims' || key === 'healthClaims') return [];
    if (typeof value === 'number') return [`${prefix}${key}`];
    return isTree(value) ? numberPaths(value, `${prefix}${key}.`) : [];
  });
}

function assign(tree: Tree, path: readonly string[], value: number): void {
  const [key = '', ...rest] = path;
  const child = tree[key];
  if (rest.length > 0 && isTree(child)) assign(child, rest, value);
  else tree[key] = value;
}
