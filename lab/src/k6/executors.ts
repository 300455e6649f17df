import type { ScenarioConfiguration } from './configuration.ts';
import { constantArrivalRate } from './executors/constant-arrival-rate.ts';
import { constantVus } from './executors/constant-vus.ts';
import type { ExecutorDefinition, ExecutorName } from './executors/definition.ts';
import { perVuIterations } from './executors/per-vu-iterations.ts';
import { rampingArrivalRate } from './executors/ramping-arrival-rate.ts';
import { rampingVus } from './executors/ramping-vus.ts';
import { sharedIterations } from './executors/shared-iterations.ts';

const executors: { readonly [Name in ExecutorName]: ExecutorDefinition<Name> } = {
  'constant-arrival-rate': constantArrivalRate,
  'constant-vus': constantVus,
  'per-vu-iterations': perVuIterations,
  'ramping-arrival-rate': rampingArrivalRate,
  'ramping-vus': rampingVus,
  'shared-iterations': sharedIterations,
};

export const executorNames = Object.keys(executors) as readonly ExecutorName[];

export function isExecutorName(name: unknown): name is ExecutorName {
  return executorNames.includes(name as ExecutorName);
}

/** The executor of that name, for reading a scenario. */
export function executorNamed(name: ExecutorName): Pick<ExecutorDefinition<ExecutorName>, 'read'> {
  return executors[name];
}

/** The executor of a scenario. */
export function executorOf({ executor }: ScenarioConfiguration): ExecutorDefinition<ExecutorName> {
  // The name in the scenario decides which fields it has, so the pair always fits; the compiler cannot follow that.
  return executors[executor] as unknown as ExecutorDefinition<ExecutorName>;
}
