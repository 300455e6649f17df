import type { RunClock } from './clock.ts';
import type { RunConfiguration } from './configuration.ts';
import type { MetricsEngine } from './engine.ts';
import { K6Error, type K6ExitCode, k6ExitCodes } from './exit-code.ts';
import type { RunFlags } from './flags.ts';
import { endByError } from './iteration.ts';
import { Lifecycle } from './lifecycle.ts';
import { type Log, toLogLine, toTerminalLine } from './log.ts';
import type { Output } from './metric.ts';
import { createMetricsEngine } from './metrics-engine.ts';
import { toRunConfiguration } from './options.ts';
import type { RawOptions } from './options-reader.ts';
import { describeProgress, describeRun } from './progress.ts';
import { limitWarnings, type RepeatedWarnings } from './repeated-warnings.ts';
import { runScenarios } from './run-scenarios.ts';
import { RunState } from './run-state.ts';
import { type RunTerminal, writeSummary } from './run-summary.ts';
import { SampleHub } from './sample-hub.ts';
import { createStatusLine } from './status-line.ts';
import type { JsonText, Vu, VuFactory, VuFactoryOptions } from './vu.ts';
import { plannedVus, VuPool } from './vu-pool.ts';

export interface RunScriptOptions {
  /** Absolute path of the script. */
  readonly scriptPath: string;
  readonly flags: RunFlags;
  /** Options that the process's environment sets. */
  readonly environmentOptions: RawOptions;
  /** `__ENV` of the script. */
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: RunClock;
  /** Aborts at the first signal: iterations end, teardown and summary still run. */
  readonly signal: AbortSignal;
  /** Aborts at the second signal: everything ends. */
  readonly urgentSignal: AbortSignal;
  readonly terminal: RunTerminal;
  readonly createVuFactory: (options: VuFactoryOptions) => VuFactory;
  readonly openOutput: (flag: string, thresholds: RunConfiguration['thresholds']) => Promise<Output>;
  readonly writeFile: (path: string, text: string) => Promise<void>;
}

/** Runs a k6 script from its init code to its summary; never rejects for what is wrong with script or options. */
export async function runScript(options: RunScriptOptions): Promise<K6ExitCode> {
  const { clock, terminal, flags } = options;
  const status = createStatusLine(terminal, flags.quiet);
  const startMs = clock.nowMs();
  const log: Log = (level, message, fields) =>
    status.log(
      terminal.isStderrTerminal
        ? toTerminalLine(clock.nowMs() - startMs, level, message, fields)
        : toLogLine(clock.epochMs(), level, message, fields),
    );
  const state = new RunState(clock, log);
  const stop = () => state.end(k6ExitCodes.externalAbort, 'the run was stopped by a signal');
  if (options.signal.aborted) stop();
  options.signal.addEventListener('abort', stop);
  try {
    return await new ScriptRun(options, state, log, status).run();
  } catch (error) {
    endByError(state, error);
    return state.reason?.exitCode ?? k6ExitCodes.scriptException;
  } finally {
    options.signal.removeEventListener('abort', stop);
    status.end();
  }
}

class ScriptRun {
  readonly #options: RunScriptOptions;
  readonly #state: RunState;
  readonly #log: Log;
  readonly #status: ReturnType<typeof createStatusLine>;
  readonly #hub = new SampleHub();
  readonly #failures: RepeatedWarnings;
  #configuration: RunConfiguration | null = null;

  constructor(
    options: RunScriptOptions,
    state: RunState,
    log: Log,
    status: ReturnType<typeof createStatusLine>,
  ) {
    this.#options = options;
    this.#state = state;
    this.#log = log;
    this.#status = status;
    this.#failures = limitWarnings((message) => log('warn', message));
  }

  async run(): Promise<K6ExitCode> {
    const factory = this.#createFactory();
    const initVu = await factory.create(0);
    const pool = new VuPool(factory);
    try {
      if (this.#state.reason !== null) return this.#state.reason.exitCode;
      const configuration = this.#configure(initVu);
      const engine = createMetricsEngine(configuration);
      this.#hub.add(engine);
      engine.checkThresholdMetrics();
      const outputs = await this.#openOutputs(configuration);
      try {
        return await this.#runTest(initVu, factory, pool, configuration, engine);
      } finally {
        for (const output of outputs) await output.close();
      }
    } finally {
      pool.close();
      initVu.close();
    }
  }

  #createFactory(): VuFactory {
    const { scriptPath, environment, createVuFactory } = this.#options;
    const configured = () => {
      if (this.#configuration === null) throw new Error('init code asked for options that are not known yet');
      return this.#configuration;
    };
    return createVuFactory({
      scriptPath,
      environment,
      http: () => configured().http,
      systemTags: () => configured().systemTags,
      onMetric: this.#hub.onMetric,
      onSamples: this.#hub.onSamples,
      onLog: (level, message) => {
        if (message.startsWith('Request Failed')) this.#failures.warn(message);
        else this.#log(level, message, { source: 'console' });
      },
      run: this.#state,
    });
  }

  #configure(initVu: Vu): RunConfiguration {
    const { flags, environmentOptions, terminal } = this.#options;
    const given = toRunConfiguration(
      JSON.parse(initVu.options),
      [environmentOptions, flags.options],
      (message) => this.#log('warn', message),
    );
    const configuration = flags.noThresholds ? { ...given, thresholds: {} } : given;
    for (const { name, exec } of configuration.scenarios)
      if (!initVu.exports.has(exec))
        throw new K6Error(
          k6ExitCodes.invalidConfiguration,
          `scenarios.${name}.exec: received "${exec}", expected an exported function; the script exports ${[...initVu.exports].join(', ') || 'none'}`,
        );
    this.#configuration = configuration;
    this.#state.optionsText = JSON.stringify(configuration.options);
    if (!flags.quiet) terminal.stdout(describeRun(flags.script, flags.outputs, configuration));
    return configuration;
  }

  async #openOutputs({ thresholds }: RunConfiguration): Promise<readonly Output[]> {
    const outputs: Output[] = [];
    for (const flag of this.#options.flags.outputs) {
      const output = await this.#options.openOutput(flag, thresholds);
      outputs.push(output);
      this.#hub.add(output);
    }
    return outputs;
  }

  async #runTest(
    initVu: Vu,
    factory: VuFactory,
    pool: VuPool,
    configuration: RunConfiguration,
    engine: MetricsEngine,
  ): Promise<K6ExitCode> {
    const { clock, flags, urgentSignal } = this.#options;
    const state = this.#state;
    state.start();
    const lifecycle = new Lifecycle({
      configuration,
      state,
      clock,
      log: this.#log,
      urgentSignal,
      onSamples: this.#hub.onSamples,
      initVu,
      factory,
    });
    const setup = flags.noSetup ? { isDone: true, data: undefined } : await lifecycle.setup();
    if (setup.isDone) {
      await this.#fill(pool, configuration);
      if (state.reason === null) await this.#load(pool, configuration, engine, setup.data);
      if (!flags.noTeardown) await lifecycle.teardown(setup.data);
    }
    return this.#finish(lifecycle, configuration, engine, setup.data);
  }

  /** After setup(), so that a run that has nothing to load ends at once: 200 VUs take some seconds. */
  async #fill(pool: VuPool, { scenarios }: RunConfiguration): Promise<void> {
    const wanted = plannedVus(scenarios);
    await pool.fill(wanted, this.#state.stopped, (made) => this.#status.show(`init: ${made}/${wanted} VUs`));
    this.#state.initialized = pool.size;
  }

  async #load(
    pool: VuPool,
    configuration: RunConfiguration,
    engine: MetricsEngine,
    setupData: JsonText | undefined,
  ): Promise<void> {
    const { clock } = this.#options;
    const state = this.#state;
    // Rates are per second of load: what setup and the making of VUs take is none.
    state.start();
    const progress = new Map<string, number | null>();
    const ticker = this.#status.follow(clock, () => describeProgress(state, progress));
    await runScenarios({
      configuration,
      setupData,
      state,
      pool,
      engine,
      clock,
      log: this.#log,
      onSamples: this.#hub.onSamples,
      progress,
    });
    await ticker.end();
  }

  async #finish(
    lifecycle: Lifecycle,
    configuration: RunConfiguration,
    engine: MetricsEngine,
    setupData: JsonText | undefined,
  ): Promise<K6ExitCode> {
    const { flags, terminal, writeFile, urgentSignal } = this.#options;
    const state = this.#state;
    const elapsedMs = state.currentTestRunDurationMs();
    const thresholds = engine.evaluateThresholds(elapsedMs, true);
    this.#status.end();
    this.#failures.end();
    if (!flags.noSummary && !urgentSignal.aborted)
      await writeSummary({
        configuration,
        engine,
        elapsedMs,
        thresholds,
        setupData,
        terminal,
        log: this.#log,
        handleSummary: lifecycle.hasHandleSummary ? (data) => lifecycle.handleSummary(data) : null,
        summaryExport: flags.summaryExport,
        writeFile,
      });
    if (state.reason !== null) return state.reason.exitCode;
    if (thresholds.crossed.length > 0) {
      this.#log('error', `thresholds have been crossed: ${thresholds.crossed.join('; ')}`);
      return k6ExitCodes.thresholdsCrossed;
    }
    return state.markedAsFailed ? k6ExitCodes.markedAsFailed : k6ExitCodes.ok;
  }
}
