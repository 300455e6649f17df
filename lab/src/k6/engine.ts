import type { SampleListener } from './metric.ts';

/** `{name: {type, contains, values, thresholds?}}`: the shape of `data.metrics` of k6's handleSummary. */
export interface SummaryMetric {
  readonly type: string;
  readonly contains: string;
  readonly values: Readonly<Record<string, number>>;
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}

/** A check: how often it passed and failed. */
export interface CheckResult {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly passes: number;
  readonly fails: number;
}

export interface GroupResult {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly groups: readonly GroupResult[];
  readonly checks: readonly CheckResult[];
}

/** Argument of handleSummary (https://grafana.com/docs/k6/latest/results-output/end-of-test/custom-summary/). */
export interface SummaryData {
  readonly root_group: GroupResult;
  readonly options: Readonly<Record<string, unknown>>;
  readonly state: {
    readonly isStdOutTTY: boolean;
    readonly isStdErrTTY: boolean;
    readonly testRunDurationMs: number;
  };
  readonly metrics: Readonly<Record<string, SummaryMetric>>;
  readonly setup_data?: unknown;
}

export interface ThresholdReport {
  /** `metric{tags}: expression`, for each that is crossed. */
  readonly crossed: readonly string[];
  /** One with abortOnFail is crossed, and its delay has passed. */
  readonly abort: boolean;
  /** What was measured, by the same text as in `crossed`; without metrics that were not looked at. */
  readonly measured: Readonly<Record<string, number>>;
}

/** Folds samples into metrics, sub-metrics and thresholds. */
export interface MetricsEngine extends SampleListener {
  /** Once init is over: throws a `K6Error` (104) for a threshold whose metric is unknown, or lacks its method. */
  checkThresholdMetrics(): void;
  /** `final` looks at metrics without samples too. */
  evaluateThresholds(elapsedMs: number, final: boolean): ThresholdReport;
  metrics(elapsedMs: number): Readonly<Record<string, SummaryMetric>>;
  rootGroup(): GroupResult;
}
