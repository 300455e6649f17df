/**
 * Memory stress: a leak outside of the JavaScript heap, until the kernel kills the process.
 *
 * IT NEEDS A MEMORY LIMIT on the backend (container, pod or cgroup; 256 to 512 MB suit the default): without one there
 * is nothing to be killed by, and EXPECT=failure fails rightly. Each request keeps a megabyte for ever; with N replicas
 * behind one address each gets a share of the leak, so it takes N times as long (LEAK_MB_PER_SECOND, 16 by default).
 *
 * Observe   `kubectl get pods -n load-testing --watch`: OOMKilled, exit code 137, restarts. The heap looks flat,
 *           `process_resident_memory_bytes` climbs in a straight line; what was in flight at the kill is lost.
 * Fix       FIX=on: the cache keeps 40 MB at most. A higher limit is no fix: the same death, later.
 *
 *   k6 run load-tests/k6/memory-stress.js
 *   k6 run -e FIX=on -e EXPECT=fixed load-tests/k6/memory-stress.js
 */
import http from 'k6/http';
import { sleep } from 'k6';
import { Counter, Trend } from 'k6/metrics';
import { thresholdsOf } from './lib/claims.js';
import { putBack, switchOn } from './lib/control.js';
import { baseUrl, oneOf, wholeNumber } from './lib/environment.js';
import { arrivals, get } from './lib/load.js';
import { readReplica, record, watching } from './lib/monitor.js';
import { requireService } from './lib/service.js';
import { summarise, summaryTrendStats } from './lib/summary.js';
import { createTimeline } from './lib/timeline.js';

const expectation = oneOf('EXPECT', ['failure', 'fixed', 'none']);
const leakMegabytesPerSecond = wholeNumber('LEAK_MB_PER_SECOND', 16, 200);
const phases = { 'warm-up': 3, baseline: 8, settle: 1, fill: 4, during: 55, drain: 1 };
const timeline = createTimeline(phases);
const restarts = new Counter('restarts_seen');
const residentMegabytes = new Trend('resident_megabytes');
const grownMegabytes = new Trend('grown_megabytes');
const protections = { 'bounded-cache': { maxMegabytes: 40, maxEntries: 1000 } };

const leakedMegabytes = leakMegabytesPerSecond * timeline.seconds('fill', 'during');
const wellBefore = {
  'http_reqs{route:leak}': [`count>=${Math.floor(0.95 * leakedMegabytes)}`],
  'http_req_failed{route:tasks,phase:baseline}': ['rate<0.01'],
};
/** @type {Record<string, Record<string, string[]>>} */
const claims = {
  failure: {
    ...wellBefore,
    restarts_seen: ['count>=1'],
    'http_req_failed{route:tasks,phase:during}': ['rate>0.003'],
  },
  fixed: {
    ...wellBefore,
    restarts_seen: ['count==0'],
    'http_req_failed{route:tasks,phase:during}': ['rate<0.003'],
    // Twice a second when it is well; and a leak without a limit must not pass as a fix.
    'monitor_readings{phase:during}': ['count>=80'],
    'grown_megabytes{phase:during}': [`max<${leakedMegabytes / 4}`],
  },
};

export const options = {
  scenarios: {
    tasks: arrivals('tasks', 30, timeline.span()),
    leak: arrivals('leak', leakMegabytesPerSecond, timeline.span('fill', 'drain')),
    monitor: watching('monitor', timeline.span()),
  },
  thresholds: thresholdsOf(claims[expectation]),
  summaryTrendStats,
};

export function setup() {
  requireService();
  return switchOn(protections);
}

export function tasks() {
  get('tasks', '/api/tasks', timeline.phase());
}

export function leak() {
  get('leak', '/api/memory-leak?size_mb=1', timeline.phase('fill'));
}

/** @type {Record<string, number>} */
const uptimes = {};
let firstMegabytes = 0;

export function monitor() {
  const phase = timeline.phase();
  const seen = readReplica(phase);
  if (seen !== null) {
    // A replica that has been up for less long than a second ago is another process.
    if (seen.uptimeSeconds < (uptimes[seen.replica] ?? 0)) restarts.add(1, { phase });
    uptimes[seen.replica] = seen.uptimeSeconds;
  }
  record(phase, { process_resident_memory_bytes: { add: addMemory } });
  sleep(1);
}

/**
 * @param {number} bytes
 * @param {{ phase: string }} tags
 */
function addMemory(bytes, tags) {
  const megabytes = bytes / 1e6;
  firstMegabytes = firstMegabytes || megabytes;
  residentMegabytes.add(megabytes, tags);
  grownMegabytes.add(megabytes - firstMegabytes, tags);
}

/** @param {ReturnType<typeof setup> | undefined} changes */
export function teardown(changes) {
  if (!changes) return;
  putBack(changes);
  http.post(`${baseUrl}/api/clear-memory`, null, { timeout: '5s' });
}

/** @param {import('./lib/summary.js').SummaryData} data */
export function handleSummary(data) {
  return summarise('memory-stress', expectation, data);
}
