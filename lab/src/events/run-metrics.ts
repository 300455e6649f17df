interface RunMetric {
  readonly kind: 'counter' | 'gauge';
  /** Beside `run`, `scenario`, `arm` and `attempt`, which every point has. */
  readonly labels: readonly string[];
  readonly meaning: string;
}

/** The metrics that the lab makes of a run, beside those that it reads from the services; named as Prometheus would. */
export const runMetrics = {
  lab_load_requests_total: {
    kind: 'counter',
    labels: ['route', 'outcome'],
    meaning: 'requests by what became of them, in the second in which they were due',
  },
  lab_load_planned_requests_total: { kind: 'counter', labels: [], meaning: 'requests of the plan' },
  lab_load_sent_requests_total: {
    kind: 'counter',
    labels: [],
    meaning: 'requests that the driver started; fewer than planned speak against the driver',
  },
  lab_load_request_duration_seconds: {
    kind: 'gauge',
    labels: ['route', 'quantile'],
    meaning:
      'latency in one second, from when a request was due; one without an answer counts at its deadline',
  },
  lab_load_lateness_seconds: {
    kind: 'gauge',
    labels: ['quantile'],
    meaning: 'how late the driver started the requests of one second',
  },
  lab_load_driver_utilisation_ratio: {
    kind: 'gauge',
    labels: [],
    meaning: "busy share of the driver's event loop in one second",
  },
  lab_phase: {
    kind: 'gauge',
    labels: ['phase'],
    meaning: '1 in the seconds of a phase, 0 in all others; phases overlap',
  },
  lab_arm_verdict: {
    kind: 'gauge',
    labels: ['verdict', 'declared'],
    meaning: '1, once, when the arm has its verdict',
  },
  up: {
    kind: 'gauge',
    labels: ['job', 'instance'],
    meaning: 'whether a replica answered the scrape of its metrics: 1 or 0',
  },
} as const satisfies Readonly<Record<string, RunMetric>>;
