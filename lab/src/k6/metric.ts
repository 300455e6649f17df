/** Kinds of metrics (https://grafana.com/docs/k6/latest/using-k6/metrics/). */
export type MetricType = 'counter' | 'gauge' | 'rate' | 'trend';

/** What the values of a metric are: milliseconds, bytes, or plain numbers. */
export type MetricContains = 'time' | 'data' | 'default';

export interface MetricDefinition {
  readonly name: string;
  readonly type: MetricType;
  readonly contains: MetricContains;
}

export type Tags = Readonly<Record<string, string>>;

export interface Sample {
  readonly metric: string;
  /** A rate's value is 0 or 1. */
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly tags: Tags;
}

/** Takes samples as they are made; the engine of metrics and every output is one. */
export interface SampleListener {
  onMetric(definition: MetricDefinition): void;
  onSamples(samples: readonly Sample[]): void;
}

/** Where samples go beside the summary: `--out`. */
export interface Output extends SampleListener {
  /** Writes what is left; a failure is said, it never changes the exit code of the test. */
  close(): Promise<void>;
}

/** The metrics that every run has (https://grafana.com/docs/k6/latest/using-k6/metrics/reference/). */
export const builtinMetrics: readonly MetricDefinition[] = [
  { name: 'vus', type: 'gauge', contains: 'default' },
  { name: 'vus_max', type: 'gauge', contains: 'default' },
  { name: 'iterations', type: 'counter', contains: 'default' },
  { name: 'iteration_duration', type: 'trend', contains: 'time' },
  { name: 'dropped_iterations', type: 'counter', contains: 'default' },
  { name: 'checks', type: 'rate', contains: 'default' },
  { name: 'group_duration', type: 'trend', contains: 'time' },
  { name: 'data_sent', type: 'counter', contains: 'data' },
  { name: 'data_received', type: 'counter', contains: 'data' },
  { name: 'http_reqs', type: 'counter', contains: 'default' },
  { name: 'http_req_failed', type: 'rate', contains: 'default' },
  { name: 'http_req_duration', type: 'trend', contains: 'time' },
  { name: 'http_req_blocked', type: 'trend', contains: 'time' },
  { name: 'http_req_connecting', type: 'trend', contains: 'time' },
  { name: 'http_req_tls_handshaking', type: 'trend', contains: 'time' },
  { name: 'http_req_sending', type: 'trend', contains: 'time' },
  { name: 'http_req_waiting', type: 'trend', contains: 'time' },
  { name: 'http_req_receiving', type: 'trend', contains: 'time' },
];
