import type { RunConfiguration, ScenarioConfiguration } from './configuration.ts';
import { formatDuration } from './duration.ts';
import { executorOf } from './executors.ts';
import type { RunState } from './run-state.ts';
import { mostVus } from './vu-pool.ts';

/** What is said before a run: the script, who runs it, and what it will do. */
export function describeRun(
  script: string,
  outputs: readonly string[],
  { scenarios }: RunConfiguration,
): string {
  const longestMs = Math.max(...scenarios.map(endMs));
  const lines = [
    'lab k6 run: our own runner for k6 scripts, not k6 (docs/k6.md says what it supports)',
    '',
    `     script: ${script}`,
    `     output: ${outputs.length === 0 ? '-' : outputs.join(', ')}`,
    '',
    `  scenarios: ${scenarios.length} scenario${scenarios.length === 1 ? '' : 's'}, ${mostVus(scenarios)} max VUs, ${formatDuration(longestMs)} max duration (incl. graceful stop):`,
    ...scenarios.map((scenario) => `           * ${scenario.name}: ${describeScenario(scenario)}`),
  ];
  return `${lines.join('\n')}\n\n`;
}

function endMs(scenario: ScenarioConfiguration): number {
  return scenario.startTimeMs + executorOf(scenario).regularMs(scenario) + scenario.gracefulStopMs;
}

function describeScenario(scenario: ScenarioConfiguration): string {
  const [what = '', ...details] = executorOf(scenario).describe(scenario);
  const { exec, startTimeMs, gracefulStopMs } = scenario;
  if (exec !== 'default') details.push(`exec: ${exec}`);
  if (startTimeMs > 0) details.push(`startTime: ${formatDuration(startTimeMs)}`);
  if (gracefulStopMs > 0) details.push(`gracefulStop: ${formatDuration(gracefulStopMs)}`);
  return details.length === 0 ? what : `${what} (${details.join(', ')})`;
}

/** How far a scenario is: null before it starts, 0 to 1 while it runs. */
export type ScenarioProgress = ReadonlyMap<string, number | null>;

/** One line: `running (12s), 3/10 VUs, 120 complete and 0 interrupted iterations; steady 45 %, late waits`. */
export function describeProgress(state: RunState, progress: ScenarioProgress): string {
  const scenarios = [...progress].map(([name, share]) =>
    share === null ? `${name} waits` : `${name} ${Math.floor(Math.min(1, share) * 100)} %`,
  );
  const seconds = Math.round(state.currentTestRunDurationMs() / 1000);
  return `running (${formatDuration(seconds * 1000)}), ${state.active}/${state.initialized} VUs, ${state.completed} complete and ${state.interrupted} interrupted iterations; ${scenarios.join(', ')}`;
}
