/**
 * Database pool exhaustion: a few slow queries take all connections, and cheap queries wait in the same queue.
 *
 * 20 queries a second of 2 s each want 40 connections, four times a pool of ten. GET /api/tasks, one query of a
 * millisecond, stands behind them, although PostgreSQL has nothing to do.
 *
 * Observe   GET /api/tasks fails; `db_client_connection_pending_requests` in /metrics climbs, the database is idle.
 * Fix       FIX=on: slow statements end after 300 ms, three per route at once at most, and nobody waits longer than
 *           250 ms for a connection. A larger pool is no fix: it is full one second later.
 *
 *   k6 run load-tests/k6/db-pool-exhaust.js
 *   k6 run -e FIX=on -e EXPECT=fixed load-tests/k6/db-pool-exhaust.js
 */
import { sleep } from 'k6';
import { Trend } from 'k6/metrics';
import { thresholdsOf } from './lib/claims.js';
import { putBack, switchOn } from './lib/control.js';
import { oneOf } from './lib/environment.js';
import { arrivals, get } from './lib/load.js';
import { record, watching } from './lib/monitor.js';
import { requireService, waitUntilWell } from './lib/service.js';
import { summarise, summaryTrendStats } from './lib/summary.js';
import { createTimeline } from './lib/timeline.js';

const expectation = oneOf('EXPECT', ['failure', 'fixed', 'none']);
const phases = { 'warm-up': 3, baseline: 8, settle: 1, fill: 2, during: 9, drain: 1, recover: 2, after: 5 };
const timeline = createTimeline(phases);
const connectionWaiters = new Trend('connection_waiters');
const protections = {
  'statement-timeout': { timeoutMs: 300 },
  'database-bulkhead': { limit: 3, queueLimit: 3 },
  'acquire-timeout': { timeoutMs: 250, maxWaiters: 50 },
};

const wellBefore = {
  'http_reqs{route:slow,phase:during}': ['count>=160'],
  'http_req_failed{route:tasks,phase:baseline}': ['rate<0.01'],
};
/** @type {Record<string, Record<string, string[]>>} */
const claims = {
  failure: {
    ...wellBefore,
    'http_req_failed{route:tasks,phase:during}': ['rate>0.9'],
    'connection_waiters{phase:during}': ['min>=10'],
  },
  fixed: {
    ...wellBefore,
    'http_req_failed{route:tasks,phase:during}': ['rate<0.01'],
    'http_req_failed{route:tasks,phase:after}': ['rate<0.01'],
    'connection_waiters{phase:during}': ['avg<5'],
  },
};

export const options = {
  scenarios: {
    tasks: arrivals('tasks', 40, timeline.span()),
    slow: arrivals('slow', 20, timeline.span('fill', 'drain')),
    monitor: watching('monitor', timeline.span()),
  },
  thresholds: thresholdsOf(claims[expectation]),
  summaryTrendStats,
  teardownTimeout: '120s',
};

export function setup() {
  requireService();
  return switchOn(protections);
}

export function tasks() {
  get('tasks', '/api/tasks', timeline.phase());
}

export function slow() {
  get('slow', '/api/db-pool-exhaust?concurrent_queries=1&hold=2', timeline.phase('fill'));
}

export function monitor() {
  record(timeline.phase(), { db_client_connection_pending_requests: connectionWaiters });
  sleep(1);
}

/** @param {ReturnType<typeof setup> | undefined} changes */
export function teardown(changes) {
  if (!changes) return;
  // Without the fix, the slow queries of clients that have left are still in the queue for half a minute.
  waitUntilWell('/api/tasks');
  putBack(changes);
}

/** @param {import('./lib/summary.js').SummaryData} data */
export function handleSummary(data) {
  return summarise('db-pool-exhaust', expectation, data);
}
