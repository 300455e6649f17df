import type { HttpConfiguration } from './configuration.ts';
import type { MetricDefinition, Sample, Tags } from './metric.ts';

/** A JSON value as text: what crosses the border of the sandbox. */
export type JsonText = string;

/** What the script may ask of a run while it runs; `k6/execution` shows it. */
export interface RunView {
  /** Milliseconds since the start of the test run. */
  currentTestRunDurationMs(): number;
  readonly iterationsCompleted: () => number;
  readonly iterationsInterrupted: () => number;
  readonly vusActive: () => number;
  readonly vusInitialized: () => number;
  /** `exec.test.abort()`: the run ends with 108. */
  abort(message: string): void;
  /** `exec.test.fail()`: the run goes on, and ends with 110. */
  fail(message: string): void;
  /** `exec.test.options`, known once init has ended. */
  readonly options: () => JsonText;
}

/** One call of an exported function. */
export interface Call {
  /** Exported name: `default`, `setup`, `teardown`, `handleSummary`, or a scenario's `exec`. */
  readonly name: string;
  readonly arguments: readonly JsonText[];
  /** Beside the process's `__ENV`. */
  readonly env: Readonly<Record<string, string>>;
  /** Tags of every sample of this call: those of the run and the scenario, and `scenario` itself. */
  readonly tags: Tags;
  /** Absent in setup, teardown and handleSummary. */
  readonly scenario?: {
    readonly name: string;
    readonly executor: string;
    /** Milliseconds since the epoch. */
    readonly startTimeMs: number;
    /** 0 to 1. */
    readonly progress: () => number;
    readonly iterationInInstance: number;
    readonly iterationInTest: number;
    /** Of this VU in this scenario. */
    readonly iterationOfVu: number;
  };
  /** When it aborts, the call is interrupted: waits end at once, and nothing of it is counted any more. */
  readonly signal: AbortSignal;
}

export type CallResult =
  /** `value` is JSON text, or undefined where the function returned nothing. */
  | { readonly outcome: 'returned'; readonly value: JsonText | undefined }
  /** The script threw; `message` has the stack with lines of the script. */
  | { readonly outcome: 'threw'; readonly message: string }
  | { readonly outcome: 'interrupted' };

/** A virtual user: the script in a JavaScript engine of its own, with connections of its own. One call at a time. */
export interface Vu {
  /** `__VU` and `exec.vu.idInInstance`; 0 is the VU of the init context, of setup, teardown and handleSummary. */
  readonly id: number;
  /** Names of the exported functions. */
  readonly exports: ReadonlySet<string>;
  /** The exported `options` as JSON text; `{}` where there are none. */
  readonly options: JsonText;
  /** Rejects with an `OutsideSubsetError` where the script asks for what this runner lacks, even if the script caught it. */
  call(call: Call): Promise<CallResult>;
  /** Closes its connections and frees its engine. */
  close(): void;
}

/** Makes VUs of one script. The init code of the script runs once in each. */
export interface VuFactory {
  /** Rejects with a `K6Error` (107) when the script cannot be loaded; its message names file, line and column. */
  create(id: number): Promise<Vu>;
}

export interface VuFactoryOptions {
  /** Absolute path of the script. */
  readonly scriptPath: string;
  /** `-e` and the variables of the process, as k6 gives both to `__ENV`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly http: () => HttpConfiguration;
  /** Hears of custom metrics while init code runs (once for each name), and of samples when they are made. */
  readonly onMetric: (definition: MetricDefinition) => void;
  readonly onSamples: (samples: readonly Sample[]) => void;
  /** `console.log` and its kin. */
  readonly onLog: (level: 'debug' | 'info' | 'warn' | 'error', message: string) => void;
  readonly run: RunView;
  /** Names of the system tags that samples carry, for example `status`. */
  readonly systemTags: () => readonly string[];
}
