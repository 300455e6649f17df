import type { RunClock } from './clock.ts';
import type { RunConfiguration } from './configuration.ts';
import { type K6ExitCode, k6ExitCodes } from './exit-code.ts';
import { formatDuration } from './duration.ts';
import { endByError, withGroup } from './iteration.ts';
import type { Log } from './log.ts';
import type { Sample } from './metric.ts';
import type { RunState } from './run-state.ts';
import type { CallResult, JsonText, Vu, VuFactory } from './vu.ts';

/** handleSummary may take so long, as in k6. */
const summaryTimeoutMs = 120_000;

export interface LifecycleOptions {
  readonly configuration: RunConfiguration;
  readonly state: RunState;
  readonly clock: RunClock;
  readonly log: Log;
  /** Aborts when everything has to end. */
  readonly urgentSignal: AbortSignal;
  readonly onSamples: (samples: readonly Sample[]) => void;
  readonly initVu: Vu;
  readonly factory: VuFactory;
}

export interface SetupResult {
  /** False when setup() did not end in good order: then neither iterations nor teardown() follow. */
  readonly isDone: boolean;
  readonly data: JsonText | undefined;
}

/** Calls of the script that happen once a run: setup, teardown, handleSummary. */
export class Lifecycle {
  readonly #options: LifecycleOptions;
  #vu: Vu;

  constructor(options: LifecycleOptions) {
    this.#options = options;
    this.#vu = options.initVu;
  }

  get hasHandleSummary(): boolean {
    return this.#vu.exports.has('handleSummary');
  }

  async setup(): Promise<SetupResult> {
    const { configuration, state } = this.#options;
    const data = await this.#stage('setup', [], configuration.setupTimeoutMs, k6ExitCodes.setupTimeout);
    return { isDone: state.reason === null, data };
  }

  async teardown(setupData: JsonText | undefined): Promise<void> {
    const { configuration } = this.#options;
    const data = setupData === undefined ? [] : [setupData];
    await this.#stage('teardown', data, configuration.teardownTimeoutMs, k6ExitCodes.teardownTimeout);
  }

  async handleSummary(data: JsonText): Promise<CallResult> {
    const { result } = await this.#call('handleSummary', [data], summaryTimeoutMs);
    return result;
  }

  /** A faulty one ends the run; its value otherwise. */
  async #stage(
    name: 'setup' | 'teardown',
    data: readonly JsonText[],
    timeoutMs: number,
    timeoutCode: K6ExitCode,
  ): Promise<JsonText | undefined> {
    const { state, log, clock, configuration, onSamples } = this.#options;
    if (!this.#vu.exports.has(name)) return undefined;
    const startMs = clock.nowMs();
    try {
      const { result, isTimedOut } = await this.#call(name, data, timeoutMs);
      if (isTimedOut) state.end(timeoutCode, `${name}() did not end within ${formatDuration(timeoutMs)}`);
      if (result.outcome === 'threw') {
        log('error', result.message, { source: 'stacktrace' });
        state.end(k6ExitCodes.scriptException, `${name}() failed`);
      }
      if (result.outcome === 'interrupted') return undefined;
      onSamples([
        {
          metric: 'iteration_duration',
          value: clock.nowMs() - startMs,
          timeMs: clock.epochMs(),
          tags: withGroup(configuration, configuration.tags, `::${name}`),
        },
      ]);
      return result.outcome === 'returned' ? result.value : undefined;
    } catch (error) {
      endByError(state, error);
      return undefined;
    }
  }

  async #call(
    name: string,
    data: readonly JsonText[],
    timeoutMs: number,
  ): Promise<{ result: CallResult; isTimedOut: boolean }> {
    const { state, clock, urgentSignal, configuration } = this.#options;
    const timeout = new AbortController();
    const over = new AbortController();
    const watch = async () => {
      await clock.pause(timeoutMs, over.signal);
      if (!over.signal.aborted) timeout.abort();
    };
    void watch();
    try {
      const result = await this.#vu.call({
        name,
        arguments: data,
        env: {},
        tags:
          name === 'handleSummary'
            ? configuration.tags
            : withGroup(configuration, configuration.tags, `::${name}`),
        signal: AbortSignal.any([state.callSignal(), timeout.signal, urgentSignal]),
      });
      if (result.outcome === 'interrupted') await this.#renewVu();
      return { result, isTimedOut: result.outcome === 'interrupted' && timeout.signal.aborted };
    } finally {
      over.abort();
    }
  }

  /** The engine of an interrupted call may be left in the middle of it. */
  async #renewVu(): Promise<void> {
    if (this.#options.urgentSignal.aborted) return;
    this.#vu = await this.#options.factory.create(0);
  }
}
