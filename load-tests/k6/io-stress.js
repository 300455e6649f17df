/**
 * I/O stress: two pools of a Node process that nobody sees, and what waits when they are full.
 *
 * Sockets   GET /api/timeout-trap keeps a socket to the downstream for very long. 60 of them a second take all sockets
 *           of the pool, and GET /api/call-downstream, answered in milliseconds, waits for one.
 * libuv     More password hashes than its four threads can do: files (GET /api/read-file) and names (GET
 *           /api/resolve-name) need the same threads, while the event loop looks idle.
 *
 * Observe   Requests queue and time out although the event loop has room: `http_server_active_requests` and
 *           `nodejs_eventloop_utilization_ratio`. UV_THREADPOOL_SIZE=16 is no fix, nor are twice the sockets.
 * Fix       FIX=on: a time limit for downstream calls, a bulkhead of six per route, and one hash at a time.
 * Needs     the control API of the downstream (DOWNSTREAM_CONTROL_URL): its waits are divided by ten, so that a
 *           DEFAULT_DELAY of seconds is fast enough here and nothing stays trapped for minutes. It is put back.
 *
 *   k6 run load-tests/k6/io-stress.js
 *   k6 run -e FIX=on -e EXPECT=fixed load-tests/k6/io-stress.js
 */
import { sleep } from 'k6';
import { Trend } from 'k6/metrics';
import { thresholdsOf } from './lib/claims.js';
import { calmDownstream, putBack, setBehaviour, switchOn } from './lib/control.js';
import { oneOf } from './lib/environment.js';
import { arrivals, get, once } from './lib/load.js';
import { record, watching } from './lib/monitor.js';
import { measure, requireService, waitUntilWell } from './lib/service.js';
import { summarise, summaryTrendStats } from './lib/summary.js';
import { createTimeline } from './lib/timeline.js';

const expectation = oneOf('EXPECT', ['failure', 'fixed', 'none']);
const sockets = { 'warm-up': 3, baseline: 8, settle: 1, 'sockets-fill': 4, sockets: 8, 'sockets-drain': 1 };
const libuv = { between: 3, 'libuv-fill': 2, libuv: 6, 'libuv-drain': 1 };
const timeline = createTimeline({ ...sockets, ...libuv });
const activeRequests = new Trend('active_requests');
const loopUtilisation = new Trend('event_loop_utilisation');
const hashPath = '/api/hash?mode=thread-pool&iterations=';
const protections = {
  'downstream-timeout': { timeoutMs: 600 },
  bulkhead: { limit: 6, queueLimit: 0 },
  'hash-admission': { limit: 1, queueLimit: 1 },
};

const wellBefore = {
  'http_reqs{route:slow}': ['count>=700'],
  'http_reqs{route:hash}': ['count>=340'],
  'http_req_failed{route:fast,phase:baseline}': ['rate<0.05'],
  'http_req_duration{route:file,phase:baseline}': ['p(95)<150'],
};
/** @type {Record<string, Record<string, string[]>>} */
const claims = {
  failure: {
    ...wellBefore,
    'http_req_failed{route:fast,phase:sockets}': ['rate>0.9'],
    'active_requests{phase:sockets}': ['med>20'],
    'http_req_duration{route:file,phase:libuv}': ['p(95)>500'],
    'http_req_duration{route:name,phase:libuv}': ['p(95)>500'],
    'event_loop_utilisation{phase:libuv}': ['med<0.6'],
  },
  fixed: {
    ...wellBefore,
    'http_req_failed{route:fast,phase:sockets}': ['rate<0.05'],
    'active_requests{phase:sockets}': ['med<20'],
    'http_req_duration{route:file,phase:libuv}': ['p(95)<200'],
    'http_req_duration{route:name,phase:libuv}': ['p(95)<200'],
  },
};

export const options = {
  scenarios: {
    fast: arrivals('fast', 10, timeline.span()),
    slow: arrivals('slow', 60, timeline.span('sockets-fill', 'sockets-drain')),
    file: arrivals('file', 20, timeline.span()),
    name: arrivals('name', 10, timeline.span()),
    hash: arrivals('hash', 40, timeline.span('libuv-fill', 'libuv-drain')),
    mend: once('mend', timeline.span('between')),
    monitor: watching('monitor', timeline.span()),
  },
  thresholds: thresholdsOf(claims[expectation]),
  summaryTrendStats,
  teardownTimeout: '120s',
};

export function setup() {
  requireService();
  // 40 hashes a second of 140 ms each are 1.4 times what four threads can do, and more of fewer cores.
  const iterations = Math.round((100000 * 140) / measure(`${hashPath}100000`, 'durationMs'));
  const undo = switchOn(protections);
  const changes = [...undo, ...calmDownstream({ slowdownFactor: 0.1, ttlMs: 180000 }, { undo })];
  return { iterations, changes };
}

export const fast = () => get('fast', '/api/call-downstream?timeout=60', timeline.phase());
export const slow = () => get('slow', '/api/timeout-trap', timeline.phase('sockets-fill'));
export const file = () => get('file', '/api/read-file', timeline.phase());
export const name = () => get('name', '/api/resolve-name', timeline.phase());
/** @param {ReturnType<typeof setup>} data */
export const hash = ({ iterations }) => get('hash', hashPath + iterations, timeline.phase('libuv-fill'));

/** What still queues for a socket goes through at once, and the pool is as before when the last trap ends. */
export const mend = () => setBehaviour({ delayMs: 10, ttlMs: 180000 });

export function monitor() {
  record(timeline.phase(), {
    http_server_active_requests: activeRequests,
    nodejs_eventloop_utilization_ratio: loopUtilisation,
  });
  sleep(1);
}

/** @param {ReturnType<typeof setup> | undefined} data */
export function teardown(data) {
  if (!data) return;
  // Without the fix, the hashes of clients that have left are still being computed.
  waitUntilWell('/api/read-file');
  putBack(data.changes);
}

/** @param {import('./lib/summary.js').SummaryData} data */
export function handleSummary(data) {
  return summarise('io-stress', expectation, data);
}
