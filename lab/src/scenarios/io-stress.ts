import { during, evidence, mechanism } from '../core/claim-builders.ts';
import { defineScenario } from '../core/define-scenario.ts';
import { backendGauge, backendIncrease, protectionEvents } from '../core/measure-builders.ts';
import type { Arm, Claim, Protections } from '../core/scenario.ts';
import { inTrigger, steady } from '../core/stream-builders.ts';

const iterations = 100_000;
const sockets = ['fast', 'slow'];
const libuv = ['file', 'name', 'hash'];

const routes = {
  fast: {
    key: 'GET /api/call-downstream',
    method: 'GET',
    path: '/api/call-downstream?timeout=60',
    deadlineMs: 1000,
  },
  slow: { key: 'GET /api/timeout-trap', method: 'GET', path: '/api/timeout-trap', deadlineMs: 1000 },
  file: { key: 'GET /api/read-file', method: 'GET', path: '/api/read-file', deadlineMs: 1000 },
  name: { key: 'GET /api/resolve-name', method: 'GET', path: '/api/resolve-name', deadlineMs: 1000 },
  hash: {
    key: 'GET /api/hash',
    method: 'GET',
    path: `/api/hash?mode=thread-pool&iterations=${iterations}`,
    deadlineMs: 1000,
  },
} as const;
// 60/s × 1 s and more of a socket each: any pool of 40 is full within a second.
const load = {
  fast: steady('fast', 100),
  slow: inTrigger('slow', 60),
  file: steady('file', 50),
  name: steady('name', 20),
  hash: inTrigger('hash', 110, 'poisson-count'),
};

const timeout = { 'downstream-timeout': { timeoutMs: 250 } } satisfies Protections;
const bulkhead = { bulkhead: { limit: 4, queueLimit: 0 } } satisfies Protections;

const fastDown: Claim = during(
  'fast',
  'goodputRatio',
  '<=',
  0.1,
  'fast calls through the same pool are answered in time for at most 10 %',
);
const queueFull = mechanism(
  'inFlight',
  '>=',
  { times: 10, of: 'mechanism.inFlightBefore', plus: 50 },
  'requests pile up for the sockets: 10 × as many in flight as before, + 50',
);
const fastWell: readonly Claim[] = [
  during('fast', 'goodputRatio', '>=', 0.99, 'at least 99 % of the fast calls are answered in time'),
  during(
    'fast',
    'p50Ms',
    '<=',
    { times: 2, of: 'baseline.p50Ms', plus: 2 },
    'and their median is at most 2 × the baseline + 2 ms',
  ),
];
const slowFiles: readonly Claim[] = [
  during('file', 'p99Ms', '>=', 500, 'p99 of reading a small file is at least 500 ms'),
  during('name', 'p99Ms', '>=', 500, 'p99 of looking up a name is at least 500 ms'),
];
const starved: readonly Claim[] = [
  ...slowFiles,
  mechanism(
    'loopUtilisation',
    '<=',
    0.5,
    'while the event loop looks healthy: busy at most 50 % of its time',
    'ratio',
  ),
];
const filesWell: readonly Claim[] = [
  during('file', 'p99Ms', '<=', 50, 'p99 of reading a small file is at most 50 ms'),
  during('name', 'p99Ms', '<=', 50, 'p99 of looking up a name is at most 50 ms'),
];
const common = { inDemo: true, protections: {} } satisfies Partial<Arm>;

export const scenario = defineScenario({
  name: 'io-stress',
  question: 'Which pools has a Node process that nobody sees, and who waits when they are full?',
  story: {
    watch:
      'Two queues without a name. Sockets: calls to an upstream that answers after a minute take all sockets to it, and fast calls wait behind them. libuv: password hashes fill four threads, and files and DNS wait for those threads too, while the event loop looks idle.',
    production:
      'One slow endpoint of a partner takes the fast ones with it. A login burst makes templates and name look-ups slow, and every dashboard of the event loop is green.',
    resembles:
      'Node.js documentation, "Don\'t Block the Event Loop (or the Worker Pool)"; Zalando 2019-01-07, where look-ups of a Node service took the DNS of a cluster down.',
  },
  needs: [],
  system: {
    replicas: 1,
    poolSize: 10,
    downstreamDelayMs: 10,
    backendEnvironment: { DOWNSTREAM_CONNECTIONS: '10' },
  },
  routes,
  load,
  timeline: { warmUpSeconds: 1, baselineSeconds: 2, fillSeconds: 2, steadySeconds: 0, afterSeconds: 0 },
  calibration: {
    probes: {
      hashMs: { path: `/api/hash?mode=thread-pool&iterations=${iterations}`, field: 'durationMs' },
    },
    // Twice what all cores together can hash.
    apply: ({ hashMs = Number.NaN }, { cores }) => ({
      routes,
      load: { ...load, hash: { ...load.hash, rate: Number(((2 * cores * 1000) / hashMs).toFixed(2)) } },
    }),
  },
  trigger: { durationSeconds: 8 },
  mechanism: {
    inFlight: backendGauge('http_server_active_requests', 'mean'),
    inFlightBefore: backendGauge('http_server_active_requests', 'mean', 'baseline'),
    loopUtilisation: backendGauge('nodejs_eventloop_utilization_ratio', 'mean'),
    attemptsTimedOut: backendIncrease('lab_downstream_attempt_outcomes_total', { outcome: 'timeout' }),
    bulkheadRejections: protectionEvents('bulkhead', 'rejected'),
    hashesDone: backendIncrease('http_server_request_duration_seconds_count', { http_route: '/api/hash' }),
    hashesRejected: protectionEvents('hash-admission', 'rejected'),
  },
  arms: {
    'sockets-unprotected': {
      ...common,
      role: 'unprotected',
      declared: 'DEMONSTRATED',
      summary: 'Ten sockets, and sixty calls a second that keep one for a minute.',
      streams: sockets,
      failureClaims: [fastDown, queueFull],
      healthClaims: fastWell,
    },
    'sockets-larger-pool': {
      ...common,
      role: 'wrong-fix',
      declared: 'NOT FIXED',
      summary: 'Forty sockets: full in less than a second.',
      streams: sockets,
      system: { backendEnvironment: { DOWNSTREAM_CONNECTIONS: '40' } },
      failureClaims: [fastDown, queueFull],
      healthClaims: fastWell,
    },
    'sockets-timeout': {
      ...common,
      role: 'wrong-fix',
      declared: 'NOT FIXED',
      summary: 'A timeout of 250 ms alone: 60/s × 0.25 s still want 15 of 10 sockets.',
      streams: sockets,
      protections: timeout,
      failureClaims: [
        during(
          'fast',
          'p50Ms',
          '>=',
          { times: 5, of: 'baseline.p50Ms' },
          'the median of the fast calls is at least 5 × the baseline',
        ),
        evidence(mechanism('attemptsTimedOut', '>=', 100, 'the timeout really ends attempts, at least 100')),
      ],
      healthClaims: fastWell,
    },
    'sockets-protected': {
      ...common,
      role: 'protected',
      declared: 'FIXED',
      summary: 'The timeout, and a bulkhead: four calls of a route at once, the rest is turned away.',
      streams: sockets,
      protections: { ...timeout, ...bulkhead },
      failureClaims: [fastDown, queueFull],
      healthClaims: [
        ...fastWell,
        evidence(mechanism('attemptsTimedOut', '>=', 20, 'the timeout ends attempts, at least 20')),
        evidence(mechanism('bulkheadRejections', '>=', 50, 'the bulkhead turns calls away, at least 50')),
      ],
    },
    'libuv-unprotected': {
      ...common,
      role: 'unprotected',
      declared: 'DEMONSTRATED',
      summary: "Twice as many hashes as the cores can do, on libuv's four threads.",
      streams: libuv,
      failureClaims: starved,
      healthClaims: filesWell,
    },
    'libuv-more-threads': {
      ...common,
      role: 'wrong-fix',
      declared: 'NOT FIXED',
      summary:
        'UV_THREADPOOL_SIZE=16: more threads for the same two cores, and the event loop is one more that waits.',
      streams: libuv,
      system: { backendEnvironment: { UV_THREADPOOL_SIZE: '16' } },
      // Not that the loop looks healthy: with more threads than cores it does not everywhere.
      failureClaims: [
        ...slowFiles,
        mechanism(
          'hashesDone',
          '<=',
          { times: 1.3, of: 'mechanism.hashesDone', arm: 'libuv-unprotected' },
          'the same cores do no more hashes: at most 1.3 × those with four threads',
        ),
      ],
      healthClaims: filesWell,
    },
    'libuv-protected': {
      ...common,
      role: 'protected',
      declared: 'FIXED',
      summary: 'One hash at a time, one that waits, the rest is turned away.',
      streams: libuv,
      protections: { 'hash-admission': { limit: 1, queueLimit: 1 } },
      failureClaims: starved,
      healthClaims: [
        ...filesWell,
        evidence(mechanism('hashesRejected', '>=', 50, 'hashes are turned away, at least 50')),
      ],
    },
  },
});
