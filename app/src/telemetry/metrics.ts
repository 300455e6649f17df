import { Counter, Gauge, Histogram, Registry } from '@platformatic/prom-client';
import { createFastHistogram } from './fast-histogram.ts';

/** Few buckets on purpose: a bucket costs on every scrape, and the lab takes its percentiles from its own histograms. */
const REQUEST_BOUNDS_SECONDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const WAIT_BUCKETS_SECONDS = [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export type AttemptOutcome = 'ok' | 'error' | 'timeout' | 'aborted';

/** Counts what happens on the way to another service. */
export interface AttemptRecorder {
  /** A logical call begins, whatever the protections make of it. */
  called(route: string): void;
  /** A request is handed to the HTTP client; each retry counts. */
  attempted(route: string): void;
  ended(outcome: AttemptOutcome): void;
}

/** What the backend counts while it works. One registry for each app: two apps in a process never mix. */
export type Metrics = ReturnType<typeof createMetrics>;

/**
 * Names follow OpenTelemetry's semantic conventions in Prometheus spelling; ours start with `lab_`.
 * They are the contract with the lab; `docs/metrics.md` is compared with them in a test.
 */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  return {
    registry,
    downstream: createDownstreamRecorder(registry),
    nextHop: createNextHopRecorder(registry),
    requestSeconds: createFastHistogram<'http_request_method' | 'http_route' | 'http_response_status_code'>(
      registry,
      {
        name: 'http_server_request_duration_seconds',
        help: 'Time from the headers of a request to the end of its answer, or to the moment its client left (status 499).',
        bounds: REQUEST_BOUNDS_SECONDS,
      },
    ),
    connectionWaitSeconds: new Histogram({
      name: 'db_client_connection_wait_time_seconds',
      help: 'Time that granted waiters waited for a connection of the pool.',
      buckets: WAIT_BUCKETS_SECONDS,
      registers,
    }),
    connectionTimeouts: new Counter({
      name: 'db_client_connection_timeouts_total',
      help: 'Waiters that gave up after DATABASE_ACQUIRE_TIMEOUT_MS.',
      registers,
    }),
    connectionsHeld: new Gauge({
      name: 'lab_database_connections_held',
      help: 'Connections of the pool that are held by each route.',
      labelNames: ['http_route'] as const,
      registers,
    }),
    databaseErrors: new Counter({
      name: 'lab_database_errors_total',
      help: 'Errors of the database or its connection that reached a caller, by SQLSTATE; none when there is none.',
      labelNames: ['sqlstate'] as const,
      registers,
    }),
    protectionEvents: new Counter({
      name: 'lab_protection_events_total',
      help: 'What protections did.',
      labelNames: ['protection', 'event'] as const,
      registers,
    }),
    shedRequests: new Counter({
      name: 'lab_shed_requests_total',
      help: 'Requests answered 503 to protect the rest, by error code.',
      labelNames: ['reason'] as const,
      registers,
    }),
  };
}

/** Counters of the way to the downstream service. */
function createDownstreamRecorder(registry: Registry): AttemptRecorder {
  const registers = [registry];
  const calls = new Counter({
    name: 'lab_downstream_calls_total',
    help: 'Downstream calls begun, whatever the protections make of them.',
    labelNames: ['http_route'] as const,
    registers,
  });
  const attempts = new Counter({
    name: 'lab_downstream_attempts_total',
    help: 'Requests handed to the HTTP client for the downstream service; each retry counts.',
    labelNames: ['http_route'] as const,
    registers,
  });
  const outcomes = new Counter({
    name: 'lab_downstream_attempt_outcomes_total',
    help: 'How attempts ended: ok, error, timeout (a deadline of the call), aborted (the caller gave up).',
    labelNames: ['outcome'] as const,
    registers,
  });
  return {
    called: (route) => calls.labels(route).inc(),
    attempted: (route) => attempts.labels(route).inc(),
    ended: (outcome) => outcomes.labels(outcome).inc(),
  };
}

/** Counter of the way to the next hop: attempts only, the hop itself counts the rest. */
function createNextHopRecorder(registry: Registry): AttemptRecorder {
  const attempts = new Counter({
    name: 'lab_next_hop_attempts_total',
    help: 'Requests handed to the HTTP client for the next hop; each retry counts.',
    labelNames: ['http_route'] as const,
    registers: [registry],
  });
  return { called: () => {}, attempted: (route) => attempts.labels(route).inc(), ended: () => {} };
}

/** Adds a gauge whose value is read when somebody scrapes. */
export function addGauge(registry: Registry, name: string, help: string, read: () => number): void {
  const gauge: Gauge = new Gauge({
    name,
    help,
    registers: [registry],
    collect: () => gauge.set(read()),
  });
}
