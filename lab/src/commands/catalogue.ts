import { readdir } from 'node:fs/promises';
import { unknownName } from '../core/nearest.ts';
import type { Scenario } from '../core/scenario.ts';
import { UsageError } from '../core/settings.ts';

/**
 * The scenarios: every file of the folder `scenarios` exports exactly one definition `scenario` whose name is the file's.
 * A file that does not is an error at start, with file and reason.
 */
export async function loadScenarios(): Promise<readonly Scenario[]> {
  const folder = new URL('../scenarios/', import.meta.url);
  const files = (await readdir(folder)).filter((file) => /^[a-z][a-z0-9-]*\.[jt]s$/.test(file)).sort();
  return Promise.all(files.map(async (file) => loadScenario(new URL(file, folder), file)));
}

/** The scenario of that name; throws UsageError with the nearest names. */
export function findScenario(scenarios: readonly Scenario[], name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  throw new UsageError(
    unknownName(
      'scenario',
      name,
      scenarios.map((scenario) => scenario.name),
    ),
  );
}

async function loadScenario(url: URL, file: string): Promise<Scenario> {
  const exported = (await import(url.href)) as Record<string, unknown>;
  const names = Object.keys(exported);
  const { scenario } = exported as { scenario?: Scenario };
  if (names.length !== 1 || scenario === undefined)
    throw new Error(`scenarios/${file}: exports ${names.join(', ') || 'nothing'}, expected only "scenario"`);
  const expected = file.replace(/\.[jt]s$/, '');
  if (scenario.name !== expected)
    throw new Error(`scenarios/${file}: its scenario is named "${scenario.name}", expected "${expected}"`);
  return scenario;
}
