import type { RunClock } from './clock.ts';
import type { RunConfiguration, ScenarioConfiguration } from './configuration.ts';
import type { MetricsEngine } from './engine.ts';
import type { ExecutorContext } from './executor.ts';
import { executorOf } from './executors.ts';
import { k6ExitCodes } from './exit-code.ts';
import { Iterations } from './iteration.ts';
import type { Log } from './log.ts';
import type { Sample } from './metric.ts';
import type { RunState } from './run-state.ts';
import type { JsonText } from './vu.ts';
import type { VuPool } from './vu-pool.ts';

const vusSampleMs = 1000;
const thresholdsMs = 2000;

export interface ScenariosOptions {
  readonly configuration: RunConfiguration;
  readonly setupData: JsonText | undefined;
  readonly state: RunState;
  readonly pool: VuPool;
  readonly engine: MetricsEngine;
  readonly clock: RunClock;
  readonly log: Log;
  readonly onSamples: (samples: readonly Sample[]) => void;
  /** How far each scenario is; changed while they run. */
  readonly progress: Map<string, number | null>;
}

/** Runs all scenarios, each from its start time on; resolves when the last iteration has ended. */
export async function runScenarios(options: ScenariosOptions): Promise<void> {
  const over = new AbortController();
  const watches = [
    every(options, vusSampleMs, over.signal, () => sampleVus(options)),
    every(options, thresholdsMs, over.signal, () => checkThresholds(options)),
  ];
  await Promise.all(options.configuration.scenarios.map((scenario) => runScenario(options, scenario)));
  over.abort();
  await Promise.all(watches);
}

async function runScenario(options: ScenariosOptions, scenario: ScenarioConfiguration): Promise<void> {
  const { state, pool, clock, log, progress } = options;
  progress.set(scenario.name, null);
  await clock.pause(scenario.startTimeMs, state.stopped);
  if (state.stopped.aborted) return;
  progress.set(scenario.name, 0);
  const iterations = new Iterations({
    ...options,
    scenario,
    progress: () => progress.get(scenario.name) ?? 0,
  });
  const context: ExecutorContext = {
    clock,
    signal: state.stopped,
    takeVu: () => pool.take(),
    releaseVu: (vu) => pool.release(vu),
    createVu: async () => {
      const vu = await pool.create();
      state.initialized = pool.size;
      return vu;
    },
    iterate: (vu, signal) => iterations.iterate(vu, signal),
    drop: (count) => iterations.drop(count),
    warn: (message) => log('warn', message, { executor: scenario.executor, scenario: scenario.name }),
    setProgress: (share) => progress.set(scenario.name, Math.min(1, share)),
  };
  await executorOf(scenario).run(scenario, context);
}

function sampleVus({ state, clock, configuration, onSamples }: ScenariosOptions): void {
  const common = { timeMs: clock.epochMs(), tags: configuration.tags };
  onSamples([
    { metric: 'vus', value: state.active, ...common },
    { metric: 'vus_max', value: state.initialized, ...common },
  ]);
}

function checkThresholds({ engine, state }: ScenariosOptions): void {
  const { abort, crossed } = engine.evaluateThresholds(state.currentTestRunDurationMs(), false);
  if (abort)
    state.end(
      k6ExitCodes.thresholdsCrossed,
      `thresholds were crossed, at least one with abortOnFail, so the test ends early: ${crossed.join('; ')}`,
    );
}

/** At absolute times, so that a late one shifts nothing. */
async function every(
  { clock }: ScenariosOptions,
  periodMs: number,
  signal: AbortSignal,
  act: () => void,
): Promise<void> {
  const startMs = clock.nowMs();
  for (let count = 1; ; count += 1) {
    await clock.pause(Math.max(1, startMs + count * periodMs - clock.nowMs()), signal);
    if (signal.aborted) return;
    act();
  }
}
