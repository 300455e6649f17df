import type { RunClock } from './clock.ts';
import type { RunConfiguration, ScenarioConfiguration } from './configuration.ts';
import { K6Error, k6ExitCodes } from './exit-code.ts';
import type { Log } from './log.ts';
import type { Sample, Tags } from './metric.ts';
import type { RunState } from './run-state.ts';
import type { Call, CallResult, JsonText, Vu } from './vu.ts';

export interface IterationsOptions {
  readonly scenario: ScenarioConfiguration;
  readonly configuration: RunConfiguration;
  readonly state: RunState;
  readonly clock: RunClock;
  readonly log: Log;
  readonly onSamples: (samples: readonly Sample[]) => void;
  /** What setup() returned; absent where there is none. */
  readonly setupData: JsonText | undefined;
  readonly progress: () => number;
}

/** Runs the iterations of one scenario, numbers them and makes their samples. */
export class Iterations {
  readonly #options: IterationsOptions;
  readonly #tags: Tags;
  readonly #ownTags: Tags;
  readonly #arguments: readonly JsonText[];
  readonly #startTimeMs: number;
  readonly #ofVu = new Map<number, number>();
  #begun = 0;

  constructor(options: IterationsOptions) {
    const { scenario, configuration, clock, setupData } = options;
    this.#options = options;
    this.#tags = scenarioTags(configuration, scenario);
    this.#ownTags = withGroup(configuration, this.#tags, '');
    this.#arguments = setupData === undefined ? [] : [setupData];
    this.#startTimeMs = clock.epochMs();
  }

  /** Never rejects: what is wrong with the script ends the iteration, what is wrong beyond it ends the run. */
  async iterate(vu: Vu, signal: AbortSignal): Promise<CallResult> {
    const { state, clock, configuration } = this.#options;
    const startMs = clock.nowMs();
    state.active += 1;
    try {
      const result = await vu.call(this.#toCall(vu, signal));
      if (result.outcome === 'interrupted') {
        state.interrupted += 1;
        return result;
      }
      const durationMs = clock.nowMs() - startMs;
      if (result.outcome === 'threw') this.#logThrown(result.message);
      state.completed += 1;
      this.#sample([
        ['iteration_duration', durationMs],
        ['iterations', 1],
      ]);
      const restMs = configuration.minIterationDurationMs - durationMs;
      if (restMs > 0) await clock.pause(restMs, signal);
      return result;
    } catch (error) {
      endByError(state, error);
      return { outcome: 'interrupted' };
    } finally {
      state.active -= 1;
    }
  }

  drop(count: number): void {
    this.#sample([['dropped_iterations', count]]);
  }

  #toCall(vu: Vu, signal: AbortSignal): Call {
    const { scenario, progress } = this.#options;
    const iterationOfVu = this.#ofVu.get(vu.id) ?? 0;
    this.#ofVu.set(vu.id, iterationOfVu + 1);
    const number = this.#begun;
    this.#begun += 1;
    return {
      name: scenario.exec,
      arguments: this.#arguments,
      env: scenario.env,
      tags: this.#tags,
      scenario: {
        name: scenario.name,
        executor: scenario.executor,
        startTimeMs: this.#startTimeMs,
        progress,
        iterationInInstance: number,
        iterationInTest: number,
        iterationOfVu,
      },
      signal,
    };
  }

  #sample(values: readonly (readonly [metric: string, value: number])[]): void {
    const { clock, onSamples } = this.#options;
    const timeMs = clock.epochMs();
    onSamples(values.map(([metric, value]) => ({ metric, value, timeMs, tags: this.#ownTags })));
  }

  #logThrown(message: string): void {
    const { log, scenario } = this.#options;
    log('error', message, { executor: scenario.executor, scenario: scenario.name, source: 'stacktrace' });
  }
}

/** Ends the run by what was thrown outside of the script's own code. */
export function endByError(state: RunState, error: unknown): void {
  if (error instanceof K6Error) state.end(error.exitCode, error.message);
  else
    state.end(
      k6ExitCodes.scriptException,
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
}

/** Tags of the run, and the group as a system tag. */
export function withGroup({ systemTags }: RunConfiguration, tags: Tags, group: string): Tags {
  return systemTags.includes('group') ? { ...tags, group } : tags;
}

function scenarioTags({ tags, systemTags }: RunConfiguration, scenario: ScenarioConfiguration): Tags {
  const own = systemTags.includes('scenario') ? { scenario: scenario.name } : {};
  return { ...tags, ...own, ...scenario.tags };
}
