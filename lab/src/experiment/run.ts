import type { Environment, ScenarioResult } from '../core/document.ts';
import type { Scenario } from '../core/scenario.ts';
import { runScenario, type ScenarioOptions } from './run-scenario.ts';

export type RunOptions = Omit<ScenarioOptions, 'scenario' | 'armNames' | 'logFolderOf'> & {
  readonly runId: string;
  readonly command: string;
  readonly environment: Environment;
  readonly scenarios: readonly { readonly scenario: Scenario; readonly armNames: readonly string[] }[];
  readonly logFolderOf: (scenario: string, arm: string, attempt: number) => string;
};

/** Runs scenarios one after the other; everything that happens is an event. */
export async function runExperiment(options: RunOptions): Promise<readonly ScenarioResult[]> {
  const startedMs = options.clock.monotonicMs();
  options.emit({
    type: 'run-started',
    runId: options.runId,
    seed: options.seed,
    target: options.target.name,
    driver: options.driver.name,
    ...(options.driver.generators !== undefined && { generators: options.driver.generators }),
    startedAt: options.clock.now().toISOString(),
    command: options.command,
    environment: options.environment,
    scenarios: options.scenarios.map(({ scenario, armNames }) => ({
      name: scenario.name,
      question: scenario.question,
      story: scenario.story,
      arms: Object.entries(scenario.arms)
        .filter(([name]) => armNames.includes(name))
        .map(([name, { role, declared }]) => ({ name, role, declared })),
    })),
  });
  const results: ScenarioResult[] = [];
  for (const { scenario, armNames } of options.scenarios) {
    results.push(
      await runScenario({
        ...options,
        scenario,
        armNames,
        logFolderOf: (arm, attempt) => options.logFolderOf(scenario.name, arm, attempt),
      }),
    );
  }
  options.emit({
    type: 'run-finished',
    durationSeconds: Math.round(options.clock.monotonicMs() - startedMs) / 1000,
  });
  return results;
}
