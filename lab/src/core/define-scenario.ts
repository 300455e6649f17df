import { steadySeconds } from './recovery.ts';
import { resolveArm } from './resolve-arm.ts';
import type { Claim, Scenario } from './scenario.ts';

/** A faulty scenario is an error at start, with every fault at once. */
export function defineScenario(scenario: Scenario): Scenario {
  const faults = faultsOf(scenario);
  if (faults.length > 0) throw new Error(`scenario ${scenario.name}: ${faults.join('; ')}`);
  return scenario;
}

/** Every fault of a scenario's data, in words. */
function faultsOf(scenario: Scenario): string[] {
  const faults: string[] = [];
  for (const [name, stream] of Object.entries(scenario.load)) {
    if (scenario.routes[stream.route] === undefined) faults.push(`load ${name}: no route ${stream.route}`);
    if (stream.when === 'trigger' && scenario.trigger === null)
      faults.push(`load ${name}: there is no trigger`);
  }
  for (const [name, arm] of Object.entries(scenario.arms)) {
    if (arm.declared !== null && arm.failureClaims.length + arm.healthClaims.length === 0)
      faults.push(`arm ${name}: a declared verdict needs claims`);
    for (const stream of arm.streams ?? [])
      if (scenario.load[stream] === undefined) faults.push(`arm ${name}: no stream ${stream}`);
    const resolved = resolveArm(scenario, arm);
    faults.push(...systemFaults(resolved).map((fault) => `arm ${name}: ${fault}`));
    for (const claim of [...arm.failureClaims, ...arm.healthClaims]) {
      for (const fault of [...claimFaults(scenario, claim), ...recoveryFaults(resolved, claim)])
        faults.push(`arm ${name}, claim "${claim.text}": ${fault}`);
    }
  }
  return faults;
}

/** What would only show once the arm runs, in the middle of a measurement; `resolved` is the scenario as an arm runs it. */
function systemFaults({ system, trigger }: Scenario): string[] {
  const { replicas, balancing, autoscaler, faultEdges = [] } = system;
  const faults: string[] = [];
  const isScaled = trigger?.replicas !== undefined;
  if (balancing === undefined && (replicas !== 1 || isScaled || autoscaler !== undefined))
    faults.push('more than one replica needs balancing');
  if (isScaled && autoscaler !== undefined)
    faults.push('the trigger and the autoscaler both set the replicas');
  if (trigger?.fault !== undefined && !faultEdges.includes(trigger.fault.edge))
    faults.push(`the trigger disturbs the edge ${trigger.fault.edge}, which is not in faultEdges`);
  return faults;
}

function claimFaults(scenario: Scenario, claim: Claim): string[] {
  const relative = typeof claim.bound === 'number' ? [] : [claim.bound.of];
  const faults = [claim.metric, ...relative].flatMap((metric) => {
    const [scope = '', name = ''] = metric.split('.');
    if (scope === 'mechanism')
      return scenario.mechanism[name] === undefined ? [`no mechanism measure ${name}`] : [];
    if (metric === 'recoverySeconds') return [];
    return claim.route === undefined || scenario.routes[claim.route] === undefined ? ['needs a route'] : [];
  });
  const arm = typeof claim.bound === 'number' ? undefined : claim.bound.arm;
  if (arm !== undefined && scenario.arms[arm] === undefined) faults.push(`no arm ${arm}`);
  return faults;
}

/** A recovery is seen only when it has lasted. */
function recoveryFaults({ timeline }: Scenario, { metric, bound }: Claim): string[] {
  if (metric !== 'recoverySeconds' || typeof bound !== 'number') return [];
  const needed = bound + steadySeconds;
  return timeline.afterSeconds >= needed
    ? []
    : [`takes ${needed} s to see, and the arm is watched for ${timeline.afterSeconds} s`];
}
