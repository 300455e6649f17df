import { answersAtLeast, answersAtMost, during, evidence, mechanism } from '../core/claim-builders.ts';
import { defineScenario } from '../core/define-scenario.ts';
import { backendGauge, backendIncrease, protectionEvents } from '../core/measure-builders.ts';
import type { Claim, Protections, Trigger } from '../core/scenario.ts';
import { steady } from '../core/stream-builders.ts';

const timeout = { 'downstream-timeout': { timeoutMs: 200 } } satisfies Protections;
const retry = (timeoutMs: number): Protections => ({
  retry: { attempts: 4, timeoutMs, backoffMs: 20, maxBackoffMs: 100, jitter: 'full' },
});
const trigger = (kind: 'refuse' | 'black-hole'): Trigger => ({
  durationSeconds: 7,
  fault: { edge: 'downstream', kind },
});

const unrelatedDown = (bound: number): Claim => answersAtMost('tasks', bound, 'the unrelated route');
const unrelatedWell = answersAtLeast('tasks', 0.99, 'the unrelated route');
const frozen: readonly Claim[] = [
  unrelatedDown(0.1),
  mechanism(
    'inFlight',
    '>=',
    { times: 20, of: 'mechanism.inFlightBefore' },
    'at least 20 × as many requests are in flight as before',
  ),
];
const inFlightFew = mechanism(
  'inFlight',
  '<=',
  { times: 5, of: 'mechanism.inFlightBefore', plus: 40 },
  'not many more requests are in flight than before: 5 × + 40 at most',
);
const well: readonly Claim[] = [unrelatedWell, inFlightFew];
const answered = during(
  'order',
  'answeredRatio',
  '>=',
  0.99,
  'the route that needs the service answers at least 99 %, without it a marked degraded answer',
);

export const scenario = defineScenario({
  name: 'downstream-outage',
  question: 'Which outage of a dependency hurts more: one that refuses at once, or one that says nothing?',
  story: {
    watch:
      'Refused connections fail in a millisecond: the dependent route is down, everything else is well. The same outage as silence (packets dropped, no reset) ties up every connection that waits for it, and the unrelated route goes down as well. Compare the requests in flight.',
    production:
      'A stopped process refuses; a dead host, a full queue or a firewall rule is silent. Tests mostly stop the process, and so test the harmless kind.',
    resembles:
      'Amazon Builders\' Library, "Timeouts, retries, and backoff with jitter"; every incident whose first line is "a firewall change dropped packets".',
  },
  needs: [],
  system: {
    replicas: 1,
    poolSize: 10,
    downstreamDelayMs: 20,
    backendEnvironment: { CASCADE_CALLS: '1' },
    faultEdges: ['downstream'],
  },
  routes: {
    tasks: { key: 'GET /api/tasks', method: 'GET', path: '/api/tasks', deadlineMs: 1000 },
    order: {
      key: 'GET /api/cascade-failure',
      method: 'GET',
      path: '/api/cascade-failure',
      deadlineMs: 1000,
    },
  },
  // 80/s × 0.2 s of timeout = 16 connections, 1.6 × the pool: the timeout alone is not enough.
  load: { tasks: steady('tasks', 80), order: steady('order', 80) },
  timeline: { warmUpSeconds: 1, baselineSeconds: 3, fillSeconds: 1, steadySeconds: 0, afterSeconds: 0 },
  trigger: trigger('black-hole'),
  mechanism: {
    inFlight: backendGauge('http_server_active_requests', 'mean'),
    inFlightBefore: backendGauge('http_server_active_requests', 'mean', 'baseline'),
    waitersMean: backendGauge('db_client_connection_pending_requests', 'mean'),
    downstreamCalls: backendIncrease('lab_downstream_calls_total'),
    attemptsPerCall: {
      service: 'backend',
      metric: 'lab_downstream_attempts_total',
      reduce: 'increase',
      over: 'trigger',
      dividedBy: 'downstreamCalls',
    },
    retries: protectionEvents('retry', 'retried'),
    attemptsTimedOut: backendIncrease('lab_downstream_attempt_outcomes_total', { outcome: 'timeout' }),
    breakerOpened: protectionEvents('circuit-breaker', 'opened'),
    degradedAnswers: protectionEvents('fallback', 'answered'),
  },
  arms: {
    refused: {
      role: 'control',
      declared: 'NOT DEMONSTRATED',
      summary: 'The port is closed: errors at once, and nobody else notices. That is the lesson.',
      inDemo: true,
      trigger: trigger('refuse'),
      protections: {},
      failureClaims: frozen,
      healthClaims: [
        ...well,
        during('order', 'p99Ms', '<=', 250, 'p99 of the route whose service refuses is at most 250 ms'),
      ],
    },
    'refused-retry': {
      role: 'wrong-fix',
      declared: 'NOT FIXED',
      summary: 'Four attempts against a closed port: four times the calls, and no more answers.',
      inDemo: true,
      trigger: trigger('refuse'),
      protections: retry(250),
      failureClaims: [
        during('order', 'answeredRatio', '<=', 0.05, 'the dependent route answers at most 5 %'),
        mechanism('attemptsPerCall', '>=', 2, 'each call is at least two attempts', 'ratio'),
      ],
      healthClaims: [answered],
    },
    frozen: {
      role: 'unprotected',
      declared: 'DEMONSTRATED',
      summary:
        'Nothing is carried and nobody is told: every call waits for ever, with a connection in its hand.',
      inDemo: true,
      protections: {},
      failureClaims: frozen,
      healthClaims: well,
    },
    'frozen-retry': {
      role: 'wrong-fix',
      declared: 'NOT FIXED',
      summary: 'Four attempts of 250 ms: each call now holds its connection for a second.',
      inDemo: true,
      protections: retry(250),
      failureClaims: [
        unrelatedDown(0.2),
        evidence(mechanism('retries', '>=', 100, 'it really retries: at least 100 times')),
      ],
      healthClaims: well,
    },
    'frozen-timeout': {
      role: 'wrong-fix',
      declared: 'NOT FIXED',
      summary: 'A timeout of 200 ms alone: 80 calls a second hold 16 connections, the pool has 10.',
      inDemo: true,
      protections: timeout,
      failureClaims: [
        unrelatedDown(0.4),
        evidence(mechanism('attemptsTimedOut', '>=', 100, 'the timeout really ends attempts, at least 100')),
      ],
      healthClaims: well,
    },
    protected: {
      role: 'protected',
      declared: 'FIXED',
      summary: 'The timeout, a breaker that stops asking, and a degraded answer instead of an error.',
      inDemo: true,
      timeline: { afterSeconds: 6 },
      protections: {
        ...timeout,
        'circuit-breaker': {
          failureRatio: 0.5,
          minimumCalls: 5,
          windowSeconds: 1,
          openSeconds: 1,
          halfOpenCalls: 1,
        },
        fallback: {},
      },
      failureClaims: frozen,
      healthClaims: [
        ...well,
        evidence(answered),
        evidence(mechanism('breakerOpened', '>=', 1, 'the breaker opens at least once')),
        evidence(mechanism('degradedAnswers', '>=', 100, 'at least 100 answers are degraded, and marked')),
        evidence({
          text: 'every route is normal again at most 2 s after the outage',
          metric: 'recoverySeconds',
          comparison: '<=',
          bound: 2,
          unit: 's',
        }),
      ],
    },
  },
});
