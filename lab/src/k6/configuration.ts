import type { Tags } from './metric.ts';

interface ScenarioBase {
  readonly name: string;
  readonly startTimeMs: number;
  readonly gracefulStopMs: number;
  /** Name of the exported function that an iteration calls. */
  readonly exec: string;
  readonly env: Readonly<Record<string, string>>;
  readonly tags: Tags;
}

/** A stage of a ramp; `target` is VUs or iterations per time unit. */
export interface Stage {
  readonly durationMs: number;
  readonly target: number;
}

/** The executors, with k6's names and fields; durations in ms (https://grafana.com/docs/k6/latest/using-k6/scenarios/executors/). */
export type ScenarioConfiguration = ScenarioBase &
  (
    | {
        readonly executor: 'shared-iterations';
        readonly vus: number;
        /** Of all VUs together. */
        readonly iterations: number;
        readonly maxDurationMs: number;
      }
    | {
        readonly executor: 'per-vu-iterations';
        readonly vus: number;
        /** Of each VU. */
        readonly iterations: number;
        readonly maxDurationMs: number;
      }
    | { readonly executor: 'constant-vus'; readonly vus: number; readonly durationMs: number }
    | {
        readonly executor: 'ramping-vus';
        readonly startVUs: number;
        readonly stages: readonly Stage[];
        readonly gracefulRampDownMs: number;
      }
    | {
        readonly executor: 'constant-arrival-rate';
        readonly rate: number;
        readonly timeUnitMs: number;
        readonly durationMs: number;
        readonly preAllocatedVUs: number;
        readonly maxVUs: number;
      }
    | {
        readonly executor: 'ramping-arrival-rate';
        readonly startRate: number;
        readonly timeUnitMs: number;
        readonly stages: readonly Stage[];
        readonly preAllocatedVUs: number;
        readonly maxVUs: number;
      }
  );

export interface ThresholdConfiguration {
  /** For example `p(95)<500`. */
  readonly threshold: string;
  readonly abortOnFail: boolean;
  readonly delayAbortEvalMs: number;
}

/** What a run does: the script's options after the command line, checked, with every default filled in. */
export interface RunConfiguration {
  readonly scenarios: readonly ScenarioConfiguration[];
  /** By metric, or metric with tags: `http_req_duration{phase:during}`. */
  readonly thresholds: Readonly<Record<string, readonly ThresholdConfiguration[]>>;
  readonly tags: Tags;
  readonly summaryTrendStats: readonly string[];
  readonly systemTags: readonly string[];
  readonly setupTimeoutMs: number;
  readonly teardownTimeoutMs: number;
  readonly minIterationDurationMs: number;
  readonly http: HttpConfiguration;
  /** The options in k6's own spelling, for `exec.test.options` and `handleSummary`. */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface HttpConfiguration {
  readonly discardResponseBodies: boolean;
  readonly insecureSkipTLSVerify: boolean;
  /** No connection serves two requests. */
  readonly noConnectionReuse: boolean;
  /** No connection serves two iterations. */
  readonly noVUConnectionReuse: boolean;
  readonly maxRedirects: number;
  readonly userAgent: string;
}
