import { claimsOf } from './arm-claims.ts';
import type { ClaimResult } from './document.ts';
import { type ArmRecord, measureRoute } from './measurement.ts';
import { measureMechanism } from './mechanism.ts';
import { recoverySecondsOf } from './recovery.ts';
import { type Claim, type MetricName, type RouteMeasure, type Scenario, routeMeasures } from './scenario.ts';

/** Gives the value of any metric of one arm; null where it could not be measured. */
export type Measured = (metric: MetricName, route?: string) => number | null;

/** Reads metrics by their name from what was recorded of an arm. */
export function createMeasured(scenario: Scenario, record: ArmRecord): Measured {
  return (metric, route) => {
    if (metric === 'recoverySeconds') return recoverySecondsOf(record);
    const [scope = '', name = ''] = metric.split('.');
    if (scope === 'mechanism') return mechanismValue(scenario, record, name);
    const window = record.windows[scope];
    const routeKey = route === undefined ? undefined : scenario.routes[route]?.key;
    if (window === undefined || routeKey === undefined || !isRouteMeasure(name)) return null;
    return measureRoute(record, window, routeKey, name);
  };
}

/** Every mechanism measure of the scenario, as measured. */
export function measureAllMechanisms(scenario: Scenario, measured: Measured): Record<string, number | null> {
  return Object.fromEntries(
    Object.keys(scenario.mechanism).map((name) => [name, measured(`mechanism.${name}`)] as const),
  );
}

/** Judges one claim. What could not be measured never holds. */
export function judgeClaim(
  kind: ClaimResult['kind'],
  claim: Claim,
  scenario: Scenario,
  own: Measured,
  ofArm: (arm: string) => Measured | undefined,
): ClaimResult {
  const measured = own(claim.metric, claim.route);
  const bound = boundOf(claim, own, ofArm);
  return {
    kind,
    text: claim.text,
    metric: claim.metric,
    route: claim.route === undefined ? null : (scenario.routes[claim.route]?.key ?? null),
    comparison: claim.comparison,
    bound,
    measured,
    unit: claim.unit,
    holds: measured !== null && bound !== null && compare(measured, claim.comparison, bound),
  };
}

/** The arms that must run as well because a claim of these is stated relative to them; in the scenario's order. */
export function withNeededArms(scenario: Scenario, wanted: readonly string[], withTrigger = true): string[] {
  const needed = new Set(wanted);
  for (const name of wanted) {
    const { failure, health } = claimsOf(scenario, name, withTrigger);
    for (const { bound } of [...failure, ...health])
      if (typeof bound !== 'number' && bound.arm !== undefined) needed.add(bound.arm);
  }
  return Object.keys(scenario.arms).filter((name) => needed.has(name));
}

function mechanismValue(scenario: Scenario, record: ArmRecord, name: string): number | null {
  const measure = scenario.mechanism[name];
  const window = measure === undefined ? undefined : record.windows[measure.over];
  if (measure === undefined || window === undefined) return null;
  const value = measureMechanism(record, measure, window);
  if (measure.dividedBy === undefined || value === null) return value;
  const divisor =
    measure.dividedBy === 'poolSize' ? record.poolSize : mechanismValue(scenario, record, measure.dividedBy);
  return divisor === null || divisor === 0 ? null : value / divisor;
}

function boundOf(
  { bound, route }: Claim,
  own: Measured,
  ofArm: (arm: string) => Measured | undefined,
): number | null {
  if (typeof bound === 'number') return bound;
  const measured = bound.arm === undefined ? own : ofArm(bound.arm);
  const reference = measured?.(bound.of, route) ?? null;
  return reference === null ? null : bound.times * reference + (bound.plus ?? 0);
}

function compare(measured: number, comparison: Claim['comparison'], bound: number): boolean {
  if (comparison === '<=') return measured <= bound;
  if (comparison === '>=') return measured >= bound;
  return comparison === '<' ? measured < bound : measured > bound;
}

function isRouteMeasure(name: string): name is RouteMeasure {
  return (routeMeasures as readonly string[]).includes(name);
}
