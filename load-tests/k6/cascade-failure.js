/**
 * Cascade failure: a slow downstream service takes down a route that never calls it.
 *
 * GET /api/cascade-failure calls the downstream inside a transaction. When the downstream turns slow, each of these
 * requests keeps a connection of the pool for seconds, and GET /api/tasks, which needs one for a millisecond, gets none.
 *
 * Observe   GET /api/tasks fails while CPU, memory and the event loop are idle; `db_client_connection_pending_requests`
 *           and `lab_database_connections_held` in /metrics.
 * Fix       FIX=on: give the connection back before the calls, wait 250 ms at most, stop calling what does not answer.
 * Trigger   the control API of the downstream (DOWNSTREAM_CONTROL_URL): 10 ms before and after, 750 ms during the trigger,
 *           whatever its DEFAULT_DELAY is. All of it is put back at the end.
 *
 *   k6 run load-tests/k6/cascade-failure.js
 *   k6 run -e FIX=on -e EXPECT=fixed load-tests/k6/cascade-failure.js
 */
import { sleep } from 'k6';
import { Trend } from 'k6/metrics';
import { thresholdsOf } from './lib/claims.js';
import { calmDownstream, putBack, setBehaviour, switchOn } from './lib/control.js';
import { oneOf } from './lib/environment.js';
import { arrivals, get, once } from './lib/load.js';
import { record, watching } from './lib/monitor.js';
import { requireService, waitUntilWell } from './lib/service.js';
import { summarise, summaryTrendStats } from './lib/summary.js';
import { createTimeline } from './lib/timeline.js';

const expectation = oneOf('EXPECT', ['failure', 'fixed', 'none']);
const phases = { 'warm-up': 3, baseline: 8, settle: 1, fill: 2, during: 9, drain: 1, recover: 5, after: 8 };
const timeline = createTimeline(phases);
const connectionWaiters = new Trend('connection_waiters');
const protections = {
  'release-connection': {},
  'downstream-timeout': { timeoutMs: 250 },
  'circuit-breaker': { failureRatio: 0.3, minimumCalls: 5, windowSeconds: 0.5, openSeconds: 1.5 },
};

const wellBeforeAndAfter = {
  'http_reqs{route:cascade,phase:during}': ['count>=160'],
  'http_req_failed{route:tasks,phase:baseline}': ['rate<0.01'],
  'http_req_failed{route:tasks,phase:after}': ['rate<0.05'],
};
/** @type {Record<string, Record<string, string[]>>} */
const claims = {
  failure: {
    ...wellBeforeAndAfter,
    'http_req_failed{route:tasks,phase:during}': ['rate>0.9'],
    'connection_waiters{phase:during}': ['min>=1'],
  },
  fixed: {
    ...wellBeforeAndAfter,
    'http_req_failed{route:tasks,phase:during}': ['rate<0.01'],
    'http_req_duration{route:tasks,phase:during}': ['p(95)<200'],
    'connection_waiters{phase:during}': ['avg<5'],
  },
};

export const options = {
  scenarios: {
    tasks: arrivals('tasks', 40, timeline.span()),
    // Eight calls of 750 ms each, 20 times a second: a demand for 120 connections, where a pool has 10.
    cascade: arrivals('cascade', 20, timeline.span()),
    trigger: once('trigger', timeline.span('fill')),
    end: once('mend', timeline.span('recover')),
    monitor: watching('monitor', timeline.span()),
  },
  thresholds: thresholdsOf(claims[expectation]),
  summaryTrendStats,
  teardownTimeout: '120s',
};

export function setup() {
  requireService();
  const undo = switchOn(protections);
  return [...undo, ...calmDownstream({ delayMs: 10, ttlMs: 120000 }, { undo })];
}

export function tasks() {
  get('tasks', '/api/tasks', timeline.phase());
}

export function cascade() {
  get('cascade', '/api/cascade-failure?calls=8', timeline.phase());
}

export function trigger() {
  // It ends by itself, should this script be killed before it can.
  setBehaviour({ delayMs: 750, ttlMs: (timeline.seconds('fill', 'drain') + 5) * 1000 });
}

export function mend() {
  setBehaviour({ delayMs: 10, ttlMs: 120000 });
}

export function monitor() {
  record(timeline.phase(), { db_client_connection_pending_requests: connectionWaiters });
  sleep(1);
}

/** @param {ReturnType<typeof setup> | undefined} changes */
export function teardown(changes) {
  if (!changes) return;
  waitUntilWell('/api/tasks');
  putBack(changes);
}

/** @param {import('./lib/summary.js').SummaryData} data */
export function handleSummary(data) {
  return summarise('cascade-failure', expectation, data);
}
