import { type Claim, defineScenario } from '../core/scenario.ts';

const key = (
  metric: Claim['metric'],
  comparison: Claim['comparison'],
  bound: number,
  text: string,
): Claim => ({
  text,
  metric,
  route: 'tasks',
  comparison,
  bound,
  unit: metric.endsWith('Ms') ? 'ms' : metric.endsWith('Ratio') ? 'ratio' : '1/s',
});

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
  load: {
    tasks: {
      executor: 'constant-arrival-rate',
      route: 'tasks',
      rate: 150,
      timeUnitSeconds: 1,
      startTimeSeconds: 0,
      arrival: 'even',
    },
  },
  timeline: { warmUpSeconds: 2, baselineSeconds: 3, fillSeconds: 0, steadySeconds: 10, afterSeconds: 0 },
  trigger: null,
  mechanism: {
    waitersMean: {
      service: 'backend',
      metric: 'db_client_connection_pending_requests',
      reduce: 'mean',
      over: 'during',
    },
  },
  arms: {
    steady: {
      role: 'control',
      declared: 'NOT DEMONSTRATED',
      summary: '150 requests a second for tasks, nothing broken.',
      inDemo: true,
      protections: {},
      failureClaims: [
        key('during.errorRatio', '>=', 0.01, 'at least 1 % of the requests fail'),
        {
          text: 'requests wait for a connection, on average at least one',
          metric: 'mechanism.waitersMean',
          comparison: '>=',
          bound: 1,
          unit: 'count',
        },
      ],
      healthClaims: [
        key('during.goodPerSecond', '>', 100, 'more than 100 requests a second are answered'),
        key('during.p95Ms', '<', 500, 'p95 is below 500 ms'),
        key('during.p99Ms', '<', 1000, 'p99 is below 1000 ms'),
        key('during.errorRatio', '<', 0.001, 'fewer than 0.1 % of the requests fail'),
      ],
    },
  },
});
