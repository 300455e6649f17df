import { during, evidence, mechanism } from '../core/claim-builders.ts';
import { defineScenario } from '../core/define-scenario.ts';
import { calibrateFibonacci, fibonacciPath } from '../core/fibonacci-calibration.ts';
import { targetReading } from '../core/measure-builders.ts';
import type { Arm, Claim } from '../core/scenario.ts';
import { inTrigger, steady } from '../core/stream-builders.ts';

/** The 100m of the specification's `kubectl set resources`. */
const quotaCores = 0.1;
/** Six times what the quota gives in a period of 100 ms. */
const burstMs = 60;
const burstsPerSecond = 0.75;

const routes = {
  tasks: { key: 'GET /api/tasks', method: 'GET', path: '/api/tasks', deadlineMs: 2000 },
  burst: { key: 'GET /api/cpu-intensive', method: 'GET', path: fibonacciPath(), deadlineMs: 2000 },
} as const;
const load = { tasks: steady('tasks', 4), burst: inTrigger('burst', burstsPerSecond) };

const slow: Claim = during(
  'burst',
  'p99Ms',
  '>=',
  { times: 5, of: 'during.p99Ms', arm: 'no-quota' },
  'p99 of a burst is at least 5 × what it is without a quota in this run',
);
const throttled = (periods: number): Claim =>
  mechanism('throttledPeriods', '>=', periods, `the kernel throttles it in at least ${periods} periods`);
const belowQuota = mechanism(
  'cpuOfOneCoreRatio',
  '<=',
  quotaCores,
  'although the mean CPU is not above the quota',
  'ratio',
);
const fast = during('burst', 'p99Ms', '<=', 200, 'p99 of a burst is at most 200 ms');
const unthrottled = (periods: number): Claim =>
  mechanism('throttledPeriods', '<=', periods, `it is throttled in ${periods} periods at most`);
const well: readonly Claim[] = [fast, unthrottled(5)];

const withCores = (cpuCores: number): NonNullable<Arm['system']> => ({ limits: { cpuCores } });

export const scenario = defineScenario({
  name: 'cpu-throttling',
  question: 'Why is p99 ten times as high although the CPU graph shows 7 %?',
  story: {
    watch:
      'A burst of 60 ms of CPU every 1.3 s under a quota of 0.1 core. A quota is 10 ms in each period of 100 ms: the burst runs 10 ms, stands still for 90, and so on. The mean stays below the quota all the time; only the throttled periods tell.',
    production:
      'CPU limits that were set from average usage. Requests, garbage collections and JIT compilers come in bursts, and all threads share the quota of a period.',
    resembles:
      'kubernetes #67577 (CFS quotas throttle idle-looking pods); the many teams that removed CPU limits from latency-sensitive services.',
  },
  needs: ['limits'],
  system: { replicas: 1, poolSize: 5, downstreamDelayMs: 10, backendEnvironment: {} },
  routes,
  load,
  timeline: { warmUpSeconds: 2, baselineSeconds: 3, fillSeconds: 3, steadySeconds: 0, afterSeconds: 0 },
  calibration: calibrateFibonacci(burstMs, (path) => ({
    routes: { ...routes, burst: { ...routes.burst, path } },
    load,
  })),
  // The first bursts are left out: the compiler of the engine has not seen the code yet.
  trigger: { durationSeconds: 17 },
  mechanism: {
    throttledPeriods: targetReading('container_cpu_cfs_throttled_periods_total', 'increase'),
    periods: targetReading('container_cpu_cfs_periods_total', 'increase'),
    cpuOfOneCoreRatio: targetReading('container_cpu_usage_seconds_total', 'rate'),
  },
  arms: {
    'no-quota': {
      role: 'control',
      declared: 'NOT DEMONSTRATED',
      summary: 'The same bursts without a limit: what they cost.',
      inDemo: true,
      protections: {},
      failureClaims: [
        mechanism('cpuOfOneCoreRatio', '>=', 0.5, 'it uses at least half a core on average', 'ratio'),
        during('burst', 'p99Ms', '>=', 500, 'p99 of a burst is at least 500 ms'),
      ],
      healthClaims: [
        fast,
        mechanism(
          'cpuOfOneCoreRatio',
          '<=',
          quotaCores,
          'it uses less than the quota of the other arms',
          'ratio',
        ),
      ],
    },
    quota: {
      role: 'unprotected',
      declared: 'DEMONSTRATED',
      summary: 'A limit of 100m, above what it uses on average.',
      inDemo: true,
      system: withCores(quotaCores),
      protections: {},
      failureClaims: [slow, throttled(20), belowQuota],
      healthClaims: well,
    },
    'more-replicas': {
      role: 'wrong-fix',
      declared: 'NOT FIXED',
      summary: 'Two replicas of 50m each: the same quota in all, and half of it for each burst.',
      inDemo: true,
      system: { ...withCores(quotaCores / 2), replicas: 2, balancing: { level: 'connection' } },
      protections: {},
      // A probe, a scrape and a light request alone fill 5 ms now and then: some 12 periods of two replicas without a burst.
      failureClaims: [slow, throttled(60)],
      healthClaims: [fast, unthrottled(30)],
    },
    protected: {
      role: 'protected',
      declared: 'FIXED',
      summary: 'A limit that fits the burst (one core), and one burst at a time.',
      inDemo: true,
      system: withCores(1),
      protections: { 'worker-offload': { threads: 1, queueLimit: 10 } },
      failureClaims: [slow, throttled(20), belowQuota],
      healthClaims: [
        ...well,
        evidence(during('tasks', 'p99Ms', '<=', 100, 'p99 of an unrelated route is at most 100 ms')),
      ],
    },
  },
});
