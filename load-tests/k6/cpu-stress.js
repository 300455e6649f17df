/**
 * CPU stress: one route computes on the event loop, and every route waits.
 *
 * Two computations a second keep one event loop busy for half of its time to 85 % (setup() measures how long one takes
 * here). GET /api/tasks and GET /health compute nothing and become as slow as a computation is long.
 *
 * Without a CPU limit   the process has a core for its one thread that runs all JavaScript: that thread is what is full.
 *                       Observe p99 of /api/tasks and `nodejs_eventloop_utilization_ratio`; nothing is throttled.
 * With a limit          such as `kubectl set resources deployment backend-app -n load-testing --limits=cpu=100m` the kernel
 *                       stops the process in most periods of 100 ms as well. Observe CPU at its limit, computations that
 *                       take ten times as long, and `container_cpu_cfs_throttled_periods_total` of the kubelet.
 * Fix                   FIX=on: the computation runs in a worker thread. It needs CPU all the same: with a limit below two
 *                       cores it shares one quota with the event loop, and EXPECT=fixed may fail rightly.
 *
 *   k6 run load-tests/k6/cpu-stress.js
 *   k6 run -e FIX=on -e EXPECT=fixed load-tests/k6/cpu-stress.js
 */
import { sleep } from 'k6';
import { Trend } from 'k6/metrics';
import { thresholdsOf } from './lib/claims.js';
import { putBack, switchOn } from './lib/control.js';
import { oneOf } from './lib/environment.js';
import { arrivals, get } from './lib/load.js';
import { record, watching } from './lib/monitor.js';
import { measure, requireService, waitUntilWell } from './lib/service.js';
import { summarise, summaryTrendStats } from './lib/summary.js';
import { createTimeline } from './lib/timeline.js';

const expectation = oneOf('EXPECT', ['failure', 'fixed', 'none']);
const phases = { 'warm-up': 3, baseline: 8, settle: 1, fill: 2, during: 20, drain: 1 };
const timeline = createTimeline(phases);
const loopUtilisation = new Trend('event_loop_utilisation');
const computationsPerSecond = 2;
const protections = { 'worker-offload': { threads: 1, queueLimit: 20 } };

const wellBefore = {
  'http_reqs{route:cpu,phase:during}': ['count>=36'],
  'http_req_duration{route:cpu,phase:during}': ['med>100'],
  'http_req_failed{route:tasks,phase:baseline}': ['rate<0.01'],
  'http_req_duration{route:tasks,phase:baseline}': ['p(95)<150'],
};
/** @type {Record<string, Record<string, string[]>>} */
const claims = {
  failure: {
    ...wellBefore,
    'http_req_duration{route:tasks,phase:during}': ['p(99)>150'],
    'http_req_duration{route:health,phase:during}': ['p(99)>150'],
    'event_loop_utilisation{phase:during}': ['med>0.25'],
  },
  fixed: {
    ...wellBefore,
    'http_req_duration{route:tasks,phase:during}': ['p(99)<150'],
    'http_req_duration{route:health,phase:during}': ['p(99)<150'],
    'http_req_failed{route:tasks,phase:during}': ['rate<0.01'],
    'event_loop_utilisation{phase:during}': ['med<0.25'],
  },
};

export const options = {
  scenarios: {
    // Rates that share no beat with two a second: arrivals are even, and would always meet the same part of a computation.
    tasks: arrivals('tasks', 23, timeline.span()),
    health: arrivals('health', 11, timeline.span()),
    cpu: arrivals('cpu', computationsPerSecond, timeline.span('fill', 'drain')),
    monitor: watching('monitor', timeline.span()),
  },
  thresholds: thresholdsOf(claims[expectation]),
  summaryTrendStats,
  teardownTimeout: '120s',
};

export function setup() {
  requireService();
  const complexity = calibrate();
  return { complexity, changes: switchOn(protections) };
}

/** The largest Fibonacci number that takes 85 % of the time between two at most: each one up takes 1.618 times as long. */
function calibrate() {
  const probe = 34;
  const durationMs = measure(`/api/cpu-intensive?complexity=${probe}`, 'durationMs');
  const wantedMs = (0.85 * 1000) / computationsPerSecond;
  const steps = Math.log(wantedMs / durationMs) / Math.log((1 + Math.sqrt(5)) / 2);
  return Math.max(1, Math.min(45, probe + Math.floor(steps)));
}

export function tasks() {
  get('tasks', '/api/tasks', timeline.phase());
}

export function health() {
  get('health', '/health', timeline.phase());
}

/** @param {ReturnType<typeof setup>} data */
export function cpu({ complexity }) {
  get('cpu', `/api/cpu-intensive?complexity=${complexity}`, timeline.phase('fill'));
}

export function monitor() {
  record(timeline.phase(), { nodejs_eventloop_utilization_ratio: loopUtilisation });
  sleep(1);
}

/** @param {ReturnType<typeof setup> | undefined} data */
export function teardown(data) {
  if (!data) return;
  waitUntilWell('/api/tasks');
  putBack(data.changes);
}

/** @param {import('./lib/summary.js').SummaryData} data */
export function handleSummary(data) {
  return summarise('cpu-stress', expectation, data);
}
