import { unknownName } from '../core/nearest.ts';
import type { Arm, Scenario } from '../core/scenario.ts';
import { applySettings, parseProtections, UsageError } from '../core/settings.ts';
import { toWindows } from '../core/timeline.ts';
import { findScenario } from './catalogue.ts';

/** What the options of `lab run` choose and change. */
export interface SelectionOptions {
  readonly arms?: string;
  readonly set: readonly string[];
  readonly with?: string;
}

export interface Selection {
  readonly scenario: Scenario;
  readonly armNames: readonly string[];
}

/** Finds scenarios and arms by name and applies settings; throws UsageError that says what was received and is legal. */
export function select(
  all: readonly Scenario[],
  names: readonly string[],
  options: SelectionOptions,
): readonly Selection[] {
  const wanted = names.includes('all') ? all : names.map((name) => findScenario(all, name));
  if (wanted.length > 1 && (options.set.length > 0 || options.with !== undefined))
    throw new UsageError('--set and --with change one scenario: name just one');
  return wanted.map((scenario) => selectArms(withChanges(scenario, options), options));
}

/** The arm `custom`: the scenario's load and trigger with the user's protections, and nothing declared. */
function customArm(scenario: Scenario, protections: Arm['protections']): Arm {
  const model = Object.values(scenario.arms).find(({ role }) => role === 'unprotected');
  return {
    role: 'custom',
    declared: null,
    summary: 'Your own settings.',
    inDemo: true,
    protections,
    failureClaims: model?.failureClaims ?? [],
    healthClaims: model?.healthClaims ?? [],
  };
}

function withChanges(scenario: Scenario, options: SelectionOptions): Scenario {
  const changed = applySettings(scenario, options.set);
  const during = toWindows(changed).during;
  if (during !== undefined && during.endSecond - during.startSecond < 1)
    throw new UsageError(
      `${scenario.name}: with these settings nothing is left to measure during the trigger; trigger.durationSeconds must be at least ${changed.timeline.fillSeconds} s to fill + one deadline + 1 s`,
    );
  if (options.with === undefined) return changed;
  return {
    ...changed,
    arms: { ...changed.arms, custom: customArm(changed, parseProtections(options.with)) },
  };
}

function selectArms(scenario: Scenario, options: SelectionOptions): Selection {
  const known = Object.keys(scenario.arms);
  if (options.arms === undefined) return { scenario, armNames: known };
  const armNames = options.arms.split(',').map((name) => name.trim());
  const unknown = armNames.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new UsageError(
      unknown.map((name) => unknownName(`arm of ${scenario.name}`, name, known)).join('\n'),
    );
  return { scenario, armNames: options.with === undefined ? armNames : [...armNames, 'custom'] };
}
