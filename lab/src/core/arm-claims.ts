import { during } from './claim-builders.ts';
import type { Arm, Claim, Scenario } from './scenario.ts';

export interface ArmClaims {
  readonly failure: readonly Claim[];
  readonly health: readonly Claim[];
}

/**
 * The claims that count for an arm. Without the trigger (the A/A control) those that show what a fix did, and those
 * about routes that only the trigger asks for, mean nothing and are left out; a protected arm then has to show what its
 * fix costs a healthy system.
 */
export function claimsOf(scenario: Scenario, armName: string, withTrigger: boolean): ArmClaims {
  const arm = scenario.arms[armName];
  if (arm === undefined) return { failure: [], health: [] };
  if (withTrigger) return { failure: arm.failureClaims, health: arm.healthClaims };
  const means = ({ evidence, route }: Claim): boolean =>
    evidence !== true && (route === undefined || isAsked(scenario, route));
  return {
    failure: arm.failureClaims.filter(means),
    health: [...arm.healthClaims.filter(means), ...costClaims(scenario, armName, arm)],
  };
}

/** A protection may cost a healthy system 1 % of its goodput and 1 ms of its median at most. */
function costClaims(scenario: Scenario, armName: string, arm: Arm): Claim[] {
  const reference = referenceOf(scenario, armName, arm);
  if (arm.role !== 'protected' || reference === null) return [];
  const own = arm.streams ?? Object.keys(scenario.load);
  const routes = new Set(own.flatMap((name) => scenario.load[name]?.route ?? []));
  return [...routes]
    .filter((route) => isAsked(scenario, route))
    .flatMap((route) => [
      during(
        route,
        'goodputRatio',
        '>=',
        { times: 1, of: 'during.goodputRatio', plus: -0.01, arm: reference },
        `the fix costs at most 1 % of the goodput of ${scenario.routes[route]?.key ?? route}`,
      ),
      during(
        route,
        'p50Ms',
        '<=',
        { times: 1, of: 'during.p50Ms', plus: 1, arm: reference },
        'and at most 1 ms of its median',
      ),
    ]);
}

/** The unprotected arm before it with the same load. */
function referenceOf({ arms }: Scenario, armName: string, arm: Arm): string | null {
  const before = Object.entries(arms).slice(0, Object.keys(arms).indexOf(armName));
  const found = before.findLast(
    ([, { role, streams }]) =>
      role === 'unprotected' && JSON.stringify(streams) === JSON.stringify(arm.streams),
  );
  return found?.[0] ?? null;
}

/** Also while the trigger is off. */
function isAsked({ load }: Scenario, route: string): boolean {
  return Object.values(load).some((stream) => stream.route === route && stream.when !== 'trigger');
}
