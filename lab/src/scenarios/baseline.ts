import { during, mechanism } from '../core/claim-builders.ts';
import { defineScenario } from '../core/define-scenario.ts';
import { backendGauge, targetReading } from '../core/measure-builders.ts';
import type { Arm, Claim } from '../core/scenario.ts';
import { steady } from '../core/stream-builders.ts';

const failing: readonly Claim[] = [
  during('tasks', 'errorRatio', '>=', 0.01, 'at least 1 % of the requests fail'),
  mechanism('waitersMean', '>=', 1, 'requests wait for a connection, on average at least one'),
];
/** The targets of the specification's table "Key Metrics to Track". */
const ofRequests: readonly Claim[] = [
  during('tasks', 'goodPerSecond', '>', 100, 'more than 100 requests a second are answered'),
  during('tasks', 'p95Ms', '<', 500, 'p95 is below 500 ms'),
  during('tasks', 'p99Ms', '<', 1000, 'p99 is below 1000 ms'),
  during('tasks', 'errorRatio', '<', 0.001, 'fewer than 0.1 % of the requests fail'),
];
const ofResources: readonly Claim[] = [
  mechanism('cpuOfOneCoreRatio', '<', 0.8, 'CPU is below 80 % of its limit of one core', 'ratio'),
  mechanism('memoryRatio', '<', 0.8, 'memory is below 80 % of its limit', 'ratio'),
];
const well = {
  role: 'control',
  declared: 'NOT DEMONSTRATED',
  inDemo: true,
  protections: {},
  failureClaims: failing,
} satisfies Partial<Arm>;

export const scenario = defineScenario({
  name: 'baseline',
  question: 'Is the healthy system within the key metrics, with nothing broken?',
  story: {
    watch: 'A steady load and nothing else. Everything that comes later is compared with this.',
    production: 'The numbers that you should know of your own service before you load it.',
    resembles: 'The first page of any capacity plan.',
  },
  needs: [],
  system: { replicas: 1, poolSize: 10, downstreamDelayMs: 10, backendEnvironment: {} },
  routes: {
    tasks: { key: 'GET /api/tasks', method: 'GET', path: '/api/tasks', deadlineMs: 2000 },
  },
  load: { tasks: steady('tasks', 150) },
  timeline: { warmUpSeconds: 2, baselineSeconds: 3, fillSeconds: 0, steadySeconds: 10, afterSeconds: 0 },
  trigger: null,
  mechanism: {
    waitersMean: backendGauge('db_client_connection_pending_requests', 'mean'),
    cpuOfOneCoreRatio: targetReading('container_cpu_usage_seconds_total', 'rate'),
    limitBytes: targetReading('container_spec_memory_limit_bytes', 'max'),
    memoryRatio: {
      service: 'target',
      metric: 'container_memory_working_set_bytes',
      reduce: 'max',
      over: 'during',
      dividedBy: 'limitBytes',
    },
  },
  arms: {
    steady: {
      ...well,
      summary: '150 requests a second for tasks, nothing broken.',
      healthClaims: ofRequests,
    },
    'with-limits': {
      ...well,
      summary: 'The same with one core and 512 MB: the two metrics that need a limit.',
      system: { limits: { cpuCores: 1, memoryBytes: 512_000_000 } },
      healthClaims: [...ofRequests, ...ofResources],
    },
  },
});
