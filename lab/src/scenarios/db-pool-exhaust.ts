import { answersAtLeast, answersAtMost, evidence, mechanism } from '../core/claim-builders.ts';
import { defineScenario } from '../core/define-scenario.ts';
import { backendGauge, backendIncrease, protectionEvents } from '../core/measure-builders.ts';
import type { Arm, Claim, Protections } from '../core/scenario.ts';
import { inTrigger, steady } from '../core/stream-builders.ts';

const broken = (bound: number): Claim => answersAtMost('tasks', bound, 'the cheap route');
const waiters = mechanism(
  'waitersMinimum',
  '>=',
  10,
  'at least 10 requests wait for a connection all the time',
);
const well: readonly Claim[] = [
  answersAtLeast('tasks', 0.99, 'the cheap route'),
  mechanism('waitersMean', '<=', 5, 'hardly anybody waits for a connection: 5 on average at most'),
];
const acquire = { 'acquire-timeout': { timeoutMs: 250, maxWaiters: 50 } } satisfies Protections;
const statement = { 'statement-timeout': { timeoutMs: 300 } } satisfies Protections;
const bulkhead = { 'database-bulkhead': { limit: 3, queueLimit: 3 } } satisfies Protections;

const ablation = (summary: string, protections: Protections): Arm => ({
  role: 'ablation',
  declared: 'FIXED',
  summary,
  inDemo: false,
  timeline: { afterSeconds: 0 },
  protections,
  failureClaims: [broken(0.3), waiters],
  healthClaims: well,
});

export const scenario = defineScenario({
  name: 'db-pool-exhaust',
  question:
    'Why do cheap queries time out while the database has nothing to do, and does a larger pool help?',
  story: {
    watch:
      'Slow queries take all ten connections within half a second, then every cheap query stands in the same queue. Look at the waiters: PostgreSQL itself is idle.',
    production:
      'A report, an export, a missing index: one slow query per second is enough to take all connections of a pool of ten if it lasts ten seconds. Whoever then raises the pool size meets max_connections.',
    resembles:
      'Every "remaining connection slots are reserved" at night; ECS tasks × pool size above max_connections, 78 % of answers 500 for 2 h 28 m (darshanturakhia.com).',
  },
  needs: [],
  system: { replicas: 1, poolSize: 10, downstreamDelayMs: 10, backendEnvironment: {} },
  routes: {
    tasks: { key: 'GET /api/tasks', method: 'GET', path: '/api/tasks', deadlineMs: 1000 },
    slow: {
      key: 'GET /api/db-pool-exhaust',
      method: 'GET',
      path: '/api/db-pool-exhaust?concurrent_queries=1&hold=2',
      deadlineMs: 1000,
    },
  },
  // 20/s × 2 s = 40 connections wanted, 4 × the pool; 110/s is 13 × what 17 connections can do.
  load: { tasks: steady('tasks', 80), slow: inTrigger('slow', 20), flood: inTrigger('slow', 110) },
  timeline: { warmUpSeconds: 1, baselineSeconds: 3, fillSeconds: 2, steadySeconds: 0, afterSeconds: 0 },
  trigger: { durationSeconds: 8 },
  mechanism: {
    waitersMinimum: backendGauge('db_client_connection_pending_requests', 'min'),
    waitersMean: backendGauge('db_client_connection_pending_requests', 'mean'),
    tooManyConnections: backendIncrease('lab_database_errors_total', { sqlstate: '53300' }),
    statementsEnded: backendIncrease('lab_database_errors_total', { sqlstate: '57014' }),
    acquireTimeouts: protectionEvents('acquire-timeout'),
    bulkheadRejections: protectionEvents('database-bulkhead', 'rejected'),
  },
  arms: {
    unprotected: {
      role: 'unprotected',
      declared: 'DEMONSTRATED',
      summary: 'Ten connections, twenty slow queries of two seconds a second, no limit on any wait.',
      inDemo: true,
      streams: ['tasks', 'slow'],
      protections: {},
      failureClaims: [broken(0.1), waiters],
      healthClaims: well,
    },
    'larger-pool': {
      role: 'wrong-fix',
      declared: 'NOT FIXED',
      summary: 'Twice the connections: full one second later.',
      inDemo: true,
      streams: ['tasks', 'slow'],
      system: { poolSize: 20 },
      protections: {},
      failureClaims: [broken(0.1), waiters],
      healthClaims: well,
    },
    'pool-above-max-connections': {
      role: 'wrong-fix',
      declared: 'NOT FIXED',
      summary: 'Forty connections, of which the database admits twenty: now it refuses as well.',
      inDemo: true,
      streams: ['tasks', 'flood'],
      system: { poolSize: 40, databaseConnectionLimit: 20 },
      protections: {},
      failureClaims: [
        broken(0.3),
        mechanism(
          'tooManyConnections',
          '>=',
          50,
          'the database refuses at least 50 connections (53300, too_many_connections)',
        ),
      ],
      healthClaims: well,
    },
    'acquire-timeout': {
      role: 'wrong-fix',
      declared: 'NOT FIXED',
      summary:
        'A limit of 250 ms on the wait for a connection: the errors come sooner, the connections do not.',
      inDemo: true,
      streams: ['tasks', 'slow'],
      protections: acquire,
      failureClaims: [
        broken(0.45),
        evidence(
          mechanism('acquireTimeouts', '>=', 100, 'at least 100 waits are ended by the limit or refused'),
        ),
      ],
      healthClaims: well,
    },
    protected: {
      role: 'protected',
      declared: 'FIXED',
      summary:
        'Slow statements end after 300 ms, three per route at most, and nobody waits longer than 250 ms.',
      inDemo: true,
      streams: ['tasks', 'slow'],
      timeline: { afterSeconds: 5 },
      protections: { ...statement, ...bulkhead, ...acquire },
      failureClaims: [broken(0.3), waiters],
      healthClaims: [
        ...well,
        evidence(mechanism('statementsEnded', '>=', 10, 'statements are ended by their limit (57014)')),
        evidence(
          mechanism(
            'bulkheadRejections',
            '>=',
            10,
            'the bulkhead turns slow queries away, at least 10 of them',
          ),
        ),
      ],
    },
    bulkhead: {
      ...ablation('A share of three connections per route, and nothing else.', bulkhead),
      streams: ['tasks', 'slow'],
    },
  },
});
