import type { IncomingMessage, ServerResponse } from 'node:http';
import { Counter, Gauge, Histogram, Registry } from '@platformatic/prom-client';
import type { FastifyInstance } from 'fastify';
import type { Board } from './board.ts';
import type { Clock } from './kernel/clock.ts';
import { RESET_STATUS } from './routes/broken-endings.ts';
import type { Tally } from './tally.ts';

/** What the process has used so far. Only main.ts knows the process, so it hands this in. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  readonly residentMemoryBytes: number;
}

export interface TelemetryPorts {
  readonly board: Board;
  readonly clock: Clock;
  readonly processUsage: () => ProcessUsage;
  readonly requestLogs: boolean;
  readonly tally: Tally;
}

/** Status of a request whose client left before there was an answer; nginx's number, since HTTP has none. */
const CLIENT_LEFT = 499;

/** OpenTelemetry's advice for `http.server.request.duration`, and longer ones, since this service is slow by trade. */
const DURATION_BUCKETS_SECONDS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60,
];

const LABELS = ['http_request_method', 'http_route', 'http_response_status_code'] as const;

type Child = { observe(seconds: number): void };

/**
 * Measures and logs every request of `app` from its arrival until its connection or its answer ends (the one event
 * that comes also when the client leaves). The registry belongs to this instance. Names follow OpenTelemetry's
 * semantic conventions in Prometheus spelling.
 */
export function addTelemetry(app: FastifyInstance, ports: TelemetryPorts): Registry {
  const registry = new Registry();
  const registers = [registry];
  const duration = new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Duration of requests; status 499 when the client left before the answer, 0 after a reset.',
    labelNames: LABELS,
    buckets: DURATION_BUCKETS_SECONDS,
    registers,
  });
  let activeRequests = 0;
  addGauges(registry, ports, () => activeRequests);
  addCounters(registry, ports);

  const children = new Map<string, Child>();
  const childFor = (method: string, route: string, status: number): Child => {
    const key = `${method} ${route} ${status}`;
    const known = children.get(key);
    if (known) return known;
    const created = duration.labels(method, route, String(status));
    children.set(key, created);
    return created;
  };

  app.addHook('onRequest', (request, reply, done) => {
    const startedMs = ports.clock.monotonicMs();
    const route = request.routeOptions.url ?? 'unmatched';
    activeRequests += 1;
    reply.raw.once('close', () => {
      activeRequests -= 1;
      const durationMs = ports.clock.monotonicMs() - startedMs;
      const status = statusOf(reply.raw);
      childFor(knownMethod(request.raw), route, status).observe(durationMs / 1000);
      if (ports.requestLogs)
        request.log.info({ method: request.method, path: request.url, status, durationMs }, 'request');
    });
    done();
  });
  return registry;
}

function addGauges(
  registry: Registry,
  { board, processUsage }: TelemetryPorts,
  activeRequests: () => number,
): void {
  const gauges: readonly (readonly [string, string, () => number])[] = [
    ['http_server_active_requests', 'Requests in flight.', activeRequests],
    ['lab_behaviour_active', '1 while a behaviour is set.', () => Number(board.state().active)],
    ['lab_slots_in_use', 'Requests that hold a slot.', () => board.state().slotsInUse],
    ['lab_slots_waiting', 'Requests that wait for a slot.', () => board.state().slotsWaiting],
    ['process_resident_memory_bytes', 'Resident memory.', () => processUsage().residentMemoryBytes],
  ];
  for (const [name, help, read] of gauges) {
    const gauge = new Gauge({
      name,
      help,
      registers: [],
      collect() {
        this.set(read());
      },
    });
    registry.registerMetric(gauge);
  }
}

/** What is counted elsewhere, read when it is asked for: the name, what it is, its label, and the values by label. */
function addCounters(registry: Registry, { processUsage, tally }: TelemetryPorts): void {
  const counters: readonly (readonly [string, string, string, () => Readonly<Record<string, number>>])[] = [
    ['lab_slots_rejected_total', 'Requests that got no slot, by reason.', 'reason', () => tally.rejections],
    ['lab_drawn_failures_total', 'Failures that a behaviour drew, by kind.', 'kind', () => tally.failures],
    [
      'lab_wasted_work_total',
      'Requests that were served in full after their client had left.',
      '',
      () => ({ '': tally.wastedWork }),
    ],
    [
      'process_cpu_seconds_total',
      'CPU time, user and system.',
      '',
      () => ({ '': processUsage().cpuSeconds }),
    ],
  ];
  for (const [name, help, label, read] of counters) {
    const counter = new Counter({
      name,
      help,
      labelNames: label === '' ? [] : [label],
      registers: [],
      collect() {
        this.reset();
        for (const [value, count] of Object.entries(read())) {
          this.inc(label === '' ? {} : { [label]: value }, count);
        }
      },
    });
    registry.registerMetric(counter);
  }
}

/** A body that was cut short keeps the status that its head announced. */
function statusOf(response: ServerResponse): number {
  const isEndedByService =
    response.writableEnded || response.headersSent || response.statusCode === RESET_STATUS;
  return isEndedByService ? response.statusCode : CLIENT_LEFT;
}

/** Methods are a label: an invented one must not make a new series (OpenTelemetry's `_OTHER`). */
function knownMethod(request: IncomingMessage): string {
  const method = request.method ?? '_OTHER';
  return ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].includes(method) ? method : '_OTHER';
}
