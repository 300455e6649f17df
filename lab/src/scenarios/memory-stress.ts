import { answersAtLeast, during, evidence, mechanism } from '../core/claim-builders.ts';
import { defineScenario } from '../core/define-scenario.ts';
import { protectionEvents, targetReading } from '../core/measure-builders.ts';
import type { Claim, RelativeBound } from '../core/scenario.ts';
import { inTrigger, steady } from '../core/stream-builders.ts';

const megabyte = 1_000_000;
/** Well above what a process has by RSS, too, should that be the limit's meter. */
const limitBytes = 256 * megabyte;
const leaksPerSecond = 64;
const leakBytesPerSecond = leaksPerSecond * megabyte;

/** Factor × (limit − base) ÷ rate: when a leak at a steady rate has filled what the base left. */
const deathSecond = (factor: number, limit: number): RelativeBound => ({
  times: -factor / leakBytesPerSecond,
  of: 'mechanism.baseBytes',
  plus: (factor * limit) / leakBytesPerSecond,
});
const killed: readonly Claim[] = [
  mechanism('kills', '>=', 1, 'the kernel kills the process at its limit at least once (OOMKilled, 137)'),
  mechanism('restarts', '>=', 1, 'it is started again at least once'),
  during(
    'tasks',
    'goodputRatio',
    '<=',
    0.96,
    'an unrelated route answers at most 96 % of its requests in time: the outage is visible',
  ),
];
const well: readonly Claim[] = [
  mechanism('ends', '<=', 0, 'no process ends'),
  answersAtLeast('tasks', 0.99, 'an unrelated route'),
  mechanism('largestRatio', '<=', 0.9, 'memory stays at or below 90 % of the limit', 'ratio'),
  mechanism(
    'slopeBytesPerSecond',
    '<=',
    0.1 * leakBytesPerSecond,
    'memory grows by at most a tenth of what is leaked',
    'bytes/s',
  ),
];

export const scenario = defineScenario({
  name: 'memory-stress',
  question: 'What happens to a process that leaks, and does more memory or a heap limit help?',
  story: {
    watch:
      'One megabyte more with each request, outside of the JavaScript heap: the heap looks flat while the working set climbs to the limit in a straight line. Then the kernel ends the process with everything that was in flight.',
    production:
      'A cache without a bound, buffers that are kept, a native library. The restart hides it: a saw tooth in the memory graph, a few errors each time, and nobody to blame.',
    resembles:
      'Every OOMKilled pod with a restart count in the hundreds; the first remedy is always a higher limit, which changes the period of the saw and nothing else.',
  },
  needs: ['limits'],
  system: {
    replicas: 1,
    poolSize: 10,
    downstreamDelayMs: 10,
    backendEnvironment: {},
    limits: { memoryBytes: limitBytes },
    supervision: { timeScale: 0.1 },
  },
  routes: {
    tasks: { key: 'GET /api/tasks', method: 'GET', path: '/api/tasks', deadlineMs: 1000 },
    leak: {
      key: 'GET /api/memory-leak',
      method: 'GET',
      path: '/api/memory-leak?size_mb=1',
      deadlineMs: 1000,
    },
  },
  load: { tasks: steady('tasks', 50), leak: inTrigger('leak', leaksPerSecond) },
  timeline: { warmUpSeconds: 1, baselineSeconds: 3, fillSeconds: 4, steadySeconds: 0, afterSeconds: 0 },
  trigger: { durationSeconds: 11 },
  mechanism: {
    baseBytes: targetReading('container_memory_working_set_bytes', 'mean', 'baseline'),
    limitBytes: targetReading('container_spec_memory_limit_bytes', 'max', 'baseline'),
    largestRatio: {
      service: 'target',
      metric: 'container_memory_working_set_bytes',
      reduce: 'max',
      over: 'trigger',
      dividedBy: 'limitBytes',
    },
    slopeBytesPerSecond: targetReading('container_memory_working_set_bytes', 'slope'),
    kills: { incidents: 'OOMKilled', exitCode: 137, reduce: 'count', over: 'trigger' },
    ends: { incidents: 'any', reduce: 'count', over: 'trigger' },
    firstKillSecond: { incidents: 'OOMKilled', reduce: 'firstSecond', over: 'trigger' },
    restarts: targetReading('kube_pod_container_status_restarts_total', 'increase', 'trigger'),
    dropped: protectionEvents('bounded-cache', 'dropped'),
  },
  arms: {
    unprotected: {
      role: 'unprotected',
      declared: 'DEMONSTRATED',
      summary: '64 MB a second into a limit of 256 MB.',
      inDemo: true,
      protections: {},
      failureClaims: [
        ...killed,
        mechanism(
          'firstKillSecond',
          '>=',
          deathSecond(0.8, limitBytes),
          'it dies when the leak has filled the limit, not 20 % earlier',
          's',
        ),
        mechanism('firstKillSecond', '<=', deathSecond(1.2, limitBytes), 'and not 20 % later', 's'),
      ],
      healthClaims: well,
    },
    'twice-the-limit': {
      role: 'wrong-fix',
      declared: 'NOT FIXED',
      summary: 'A limit of 512 MB: the same death, later.',
      inDemo: true,
      system: { limits: { memoryBytes: 2 * limitBytes } },
      protections: {},
      failureClaims: [
        ...killed,
        mechanism(
          'firstKillSecond',
          '>=',
          deathSecond(0.8, 2 * limitBytes),
          'it dies when the leak has filled twice the limit, not 20 % earlier',
          's',
        ),
        mechanism('firstKillSecond', '<=', deathSecond(1.2, 2 * limitBytes), 'and not 20 % later', 's'),
      ],
      healthClaims: well,
    },
    'heap-limit': {
      role: 'wrong-fix',
      declared: 'NOT FIXED',
      summary: '--max-old-space-size=64: the leak is not in the heap.',
      inDemo: true,
      system: { backendEnvironment: { NODE_OPTIONS: '--max-old-space-size=64' } },
      protections: {},
      failureClaims: killed,
      healthClaims: well,
    },
    protected: {
      role: 'protected',
      declared: 'FIXED',
      summary:
        'The cache keeps 40 MB at most; a guard turns requests away should memory run short all the same.',
      inDemo: true,
      protections: {
        'bounded-cache': { maxMegabytes: 40, maxEntries: 1000 },
        'memory-guard': { maxRatio: 0.95, watches: 'rss' },
      },
      failureClaims: killed,
      healthClaims: [
        ...well,
        evidence(mechanism('dropped', '>=', 50, 'the bounded cache drops old entries, at least 50')),
      ],
    },
  },
});
