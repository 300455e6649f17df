import { answersAtLeast, answersAtMost, during, evidence, mechanism } from '../core/claim-builders.ts';
import { defineScenario } from '../core/define-scenario.ts';
import { backendGauge, backendIncrease, protectionEvents } from '../core/measure-builders.ts';
import type { Arm, Claim, Protections, Trigger } from '../core/scenario.ts';
import { steady } from '../core/stream-builders.ts';

const timeout = { 'downstream-timeout': { timeoutMs: 250 } } satisfies Protections;
const breaker = {
  'circuit-breaker': {
    failureRatio: 0.3,
    minimumCalls: 5,
    windowSeconds: 0.5,
    openSeconds: 1.5,
    halfOpenCalls: 1,
  },
} satisfies Protections;
const release = { 'release-connection': {} } satisfies Protections;
const retry = {
  retry: { attempts: 4, timeoutMs: 600, backoffMs: 50, maxBackoffMs: 200, jitter: 'full' },
} satisfies Protections;

/** The unrelated route may still answer this share of its requests for the system to count as broken. */
const broken = (bound: number): Claim => answersAtMost('tasks', bound, 'the unrelated route');
const poolHeld = mechanism(
  'connectionsHeldByCascadeRatio',
  '>=',
  0.9,
  'the cascading route holds at least 90 % of the connections',
  'ratio',
);
const waiters = mechanism('waitersMinimum', '>=', 1, 'requests wait for a connection all the time');
const unrelatedWell = answersAtLeast('tasks', 0.99, 'the unrelated route');
const unrelatedFast = during(
  'tasks',
  'p99Ms',
  '<=',
  { times: 2, of: 'baseline.p99Ms', plus: 20 },
  'p99 of the unrelated route is at most 2 × its baseline + 20 ms',
);

const trigger = { durationSeconds: 6, behaviour: { delayMs: 750 } } satisfies Trigger;

const ablation = (summary: string, protections: Protections, more: Partial<Arm> = {}): Arm => ({
  role: 'ablation',
  declared: 'FIXED',
  summary,
  inDemo: false,
  timeline: { afterSeconds: 0 },
  trigger: { ...trigger, durationSeconds: 5 },
  protections,
  failureClaims: [broken(0.25), poolHeld, waiters],
  healthClaims: [unrelatedWell, unrelatedFast],
  ...more,
});

export const scenario = defineScenario({
  name: 'cascade-failure',
  question: 'Why does a route that never calls the slow service stop answering, and what helps?',
  story: {
    watch:
      'The downstream turns slow; ten handlers wait for it, each with a database connection in its hand. GET /api/tasks needs one for a millisecond and cannot get it. Look at the connections held and at the waiters: CPU, memory and the event loop stay idle.',
    production:
      'A payment or address service slows down and the whole shop is down, though its database is bored. A call inside a transaction turns the latency of someone else into the occupancy of your own pool.',
    resembles:
      'Nygard, "Release It!", the airline outage (integration points, blocked threads); GoCardless 2015 and many others with a remote call inside a transaction.',
  },
  needs: [],
  system: {
    replicas: 1,
    poolSize: 10,
    downstreamDelayMs: 10,
    backendEnvironment: { CASCADE_CALLS: '8' },
  },
  routes: {
    tasks: { key: 'GET /api/tasks', method: 'GET', path: '/api/tasks', deadlineMs: 1000 },
    cascade: {
      key: 'GET /api/cascade-failure',
      method: 'GET',
      path: '/api/cascade-failure',
      deadlineMs: 1000,
    },
  },
  // Eight calls of 750 ms held in one transaction, 20 times a second: a demand for 120 connections, 12 × the pool.
  load: { tasks: steady('tasks', 80), cascade: steady('cascade', 20) },
  timeline: { warmUpSeconds: 1, baselineSeconds: 2, fillSeconds: 1, steadySeconds: 0, afterSeconds: 5 },
  trigger,
  mechanism: {
    connectionsHeldByCascadeRatio: {
      service: 'backend',
      metric: 'lab_database_connections_held',
      labels: { http_route: '/api/cascade-failure' },
      reduce: 'mean',
      over: 'during',
      dividedBy: 'poolSize',
    },
    waitersMinimum: backendGauge('db_client_connection_pending_requests', 'min'),
    waitersMaximum: backendGauge('db_client_connection_pending_requests', 'max', 'trigger'),
    downstreamAttempts: backendIncrease('lab_downstream_attempts_total'),
    downstreamCalls: backendIncrease('lab_downstream_calls_total'),
    attemptsPerCall: {
      service: 'backend',
      metric: 'lab_downstream_attempts_total',
      reduce: 'increase',
      over: 'trigger',
      dividedBy: 'downstreamCalls',
    },
    breakerOpened: protectionEvents('circuit-breaker', 'opened'),
    connectionsReleased: protectionEvents('release-connection', 'released'),
    attemptsTimedOut: backendIncrease('lab_downstream_attempt_outcomes_total', { outcome: 'timeout' }),
  },
  arms: {
    unprotected: {
      role: 'unprotected',
      declared: 'DEMONSTRATED',
      summary: 'The handler as it is usually written: calls inside the transaction, no timeout.',
      inDemo: true,
      protections: {},
      failureClaims: [broken(0.1), poolHeld, waiters],
      healthClaims: [unrelatedWell, unrelatedFast],
    },
    'larger-pool': {
      role: 'wrong-fix',
      declared: 'NOT FIXED',
      summary: 'Twice the connections: the demand is still six times the pool.',
      inDemo: true,
      system: { poolSize: 20 },
      timeline: { afterSeconds: 0 },
      protections: {},
      failureClaims: [broken(0.25), poolHeld, waiters],
      healthClaims: [unrelatedWell, unrelatedFast],
    },
    retry: {
      role: 'wrong-fix',
      declared: 'NOT FIXED',
      summary:
        'A timeout per attempt and up to four attempts with back-off: each call now holds on for longer.',
      inDemo: true,
      timeline: { afterSeconds: 0 },
      protections: retry,
      failureClaims: [
        broken(0.25),
        poolHeld,
        waiters,
        evidence(
          mechanism(
            'attemptsPerCall',
            '>=',
            2,
            'it really retries: at least 2 attempts per call begun in the trigger',
            'ratio',
          ),
        ),
      ],
      healthClaims: [unrelatedWell, unrelatedFast],
    },
    protected: {
      role: 'protected',
      declared: 'FIXED',
      timeline: { afterSeconds: 6 },
      summary:
        'Give the connection back before calling, wait 250 ms at most, stop calling what does not answer.',
      inDemo: true,
      protections: { ...timeout, ...breaker, ...release },
      failureClaims: [broken(0.25), poolHeld, waiters],
      healthClaims: [
        unrelatedWell,
        unrelatedFast,
        evidence(
          during(
            'cascade',
            'shedP99Ms',
            '<=',
            50,
            'the open breaker answers the cascading route within 50 ms (p99)',
          ),
        ),
        evidence(mechanism('breakerOpened', '>=', 1, 'the breaker opens at least once')),
        evidence(mechanism('attemptsTimedOut', '>=', 1, 'attempts are cut off by the timeout at least once')),
        evidence(
          mechanism('connectionsReleased', '>=', 1, 'connections are given back before calls at least once'),
        ),
        evidence(
          mechanism(
            'downstreamAttempts',
            '<=',
            { times: 0.2, of: 'mechanism.downstreamAttempts', arm: 'unprotected' },
            'the downstream sees at most 20 % of the attempts of the unprotected arm',
          ),
        ),
        evidence({
          text: 'every route is normal again at most 3 s after the trigger',
          metric: 'recoverySeconds',
          comparison: '<=',
          bound: 3,
          unit: 's',
        }),
      ],
    },
    'two-replicas': {
      role: 'wrong-fix',
      declared: 'NOT FIXED',
      summary: 'Two replicas with ten connections each: the demand is still six times what they have.',
      inDemo: false,
      system: { replicas: 2, balancing: { level: 'connection' } },
      timeline: { afterSeconds: 0 },
      trigger: { ...trigger, durationSeconds: 5 },
      protections: {},
      failureClaims: [broken(0.25), waiters],
      healthClaims: [unrelatedWell, unrelatedFast],
    },
    timeout: ablation('A timeout of 250 ms alone: 20 calls/s × 0.25 s hold 5 of 10 connections.', timeout),
    'circuit-breaker': ablation(
      'A breaker alone: nothing fails, it is only slow, so it never opens.',
      breaker,
      { declared: 'NOT FIXED' },
    ),
    'release-connection': ablation('Connections given back before each call, and nothing else.', release),
    // In time, but not fast: half of the deadline is spent waiting, because the pool is still full.
    'request-deadline': ablation(
      'Handlers stop at a deadline of 1 s, or with their client: in time, but half a second late.',
      { 'request-deadline': { deadlineMs: 1000 } },
      { healthClaims: [unrelatedWell] },
    ),
  },
});
