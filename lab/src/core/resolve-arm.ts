import type { Arm, Scenario } from './scenario.ts';
import type { SystemSetup } from './system.ts';

/** The scenario as an arm runs it: with the arm's own set-up, streams, trigger and times in place of the common ones. */
export function resolveArm(scenario: Scenario, arm: Arm): Scenario {
  const load = Object.entries(scenario.load).filter(([name]) => arm.streams?.includes(name) ?? true);
  const routes = new Set(load.map(([, { route }]) => route));
  return {
    ...scenario,
    system: mergeSystem(scenario.system, arm.system ?? {}),
    load: Object.fromEntries(load),
    routes: Object.fromEntries(Object.entries(scenario.routes).filter(([name]) => routes.has(name))),
    trigger: arm.trigger ?? scenario.trigger,
    timeline: { ...scenario.timeline, ...arm.timeline },
  };
}

/** Variables are added to the common ones; everything else takes their place. */
function mergeSystem(common: SystemSetup, own: Partial<SystemSetup>): SystemSetup {
  return {
    ...common,
    ...own,
    backendEnvironment: { ...common.backendEnvironment, ...own.backendEnvironment },
  };
}
