/**
 * Baseline: a healthy service under a steady load, against its targets.
 *
 * 150 requests a second, mixed: of 15 requests 10 list tasks, one creates a task, three ask for health, and one calls the
 * downstream service inside a transaction. Whatever breaks the service as a whole is seen here.
 *
 * Observe   request rate, p95, p99 and error rate (the summary has them); CPU and memory by ./scripts/monitor.sh. With
 *           `kubectl apply -f k8s/hpa.yaml` and the second line below: replicas grow, and latency improves.
 * Connections are not kept from one iteration to the next (noVUConnectionReuse): a Service of Kubernetes spreads
 *           connections and not requests, so with kept ones a new replica would get nothing.
 * Note      The downstream answers after 10 ms during the run, if DOWNSTREAM_CONTROL_URL can be reached and nobody has set
 *           a behaviour: with a DEFAULT_DELAY of seconds no service could meet these targets.
 *
 *   k6 run load-tests/k6/baseline.js
 *   k6 run --vus 100 --duration 10m load-tests/k6/baseline.js
 */
import http from 'k6/http';
import exec from 'k6/execution';
import { sleep } from 'k6';
import { thresholdsOf } from './lib/claims.js';
import { calmDownstream, putBack } from './lib/control.js';
import { baseUrl, oneOf } from './lib/environment.js';
import { arrivals, get, timeout } from './lib/load.js';
import { requireService } from './lib/service.js';
import { summarise, summaryTrendStats } from './lib/summary.js';

const expectation = oneOf('EXPECT', ['healthy', 'none']);
const phase = 'steady';
const json = { 'Content-Type': 'application/json' };
const requests = {
  tasks: () => get('tasks', '/api/tasks', phase),
  create: () =>
    http.post(`${baseUrl}/api/tasks`, JSON.stringify({ title: 'made by baseline.js' }), {
      timeout,
      headers: json,
      tags: { route: 'create', phase },
    }),
  health: () => get('health', '/health', phase),
  cascade: () => get('cascade', '/api/cascade-failure?calls=3', phase),
};
const weights = { tasks: 10, create: 1, health: 3, cascade: 1 };
const mix = Object.entries(weights).flatMap(([name, weight]) =>
  Array.from({ length: weight }, () => requests[/** @type {keyof typeof requests} */ (name)]),
);

/** @type {Record<string, Record<string, string[]>>} */
const claims = {
  healthy: {
    'http_reqs{phase:steady}': ['rate>100'],
    'http_req_duration{phase:steady}': ['p(95)<500', 'p(99)<1000'],
    'http_req_failed{phase:steady}': ['rate<0.001'],
  },
};

export const options = {
  // Flags such as --vus and --duration take the place of the scenarios.
  scenarios: { steady: arrivals('default', 150, { startTime: '0s', duration: '60s' }) },
  thresholds: thresholdsOf(claims[expectation]),
  summaryTrendStats,
  noVUConnectionReuse: true,
};

export function setup() {
  requireService();
  return calmDownstream({ delayMs: 10, ttlMs: 600000 }, { isOptional: true });
}

export default function () {
  mix[exec.scenario.iterationInTest % mix.length]?.();
  // Without an arrival rate each VU would go on at once: some hundred VUs would be thousands of connections a second.
  if (!exec.scenario.executor.endsWith('arrival-rate')) sleep(0.25 + Math.random() / 2);
}

/** @param {ReturnType<typeof setup>} changes */
export function teardown(changes) {
  putBack(changes);
}

/** @param {import('./lib/summary.js').SummaryData} data */
export function handleSummary(data) {
  return summarise('baseline', expectation, data);
}
