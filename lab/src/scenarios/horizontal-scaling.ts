import { during, evidence, mechanism } from '../core/claim-builders.ts';
import { defineScenario } from '../core/define-scenario.ts';
import { calibrateFibonacci, fibonacciPath } from '../core/fibonacci-calibration.ts';
import { protectionEvents, targetReading } from '../core/measure-builders.ts';
import type { Claim, Protections } from '../core/scenario.ts';
import { inTrigger, steady } from '../core/stream-builders.ts';

const coresPerReplica = 0.25;
const requestMs = 10;
const mostReplicas = 4;
/** Of the capacity of one replica. */
const overload = 2.5;
const usual = 0.4;

const routes = {
  cpu: { key: 'GET /api/cpu-intensive', method: 'GET', path: fibonacciPath(), deadlineMs: 1000 },
  row: { key: 'GET /api/lock-row', method: 'GET', path: '/api/lock-row?hold=0.02', deadlineMs: 1000 },
} as const;
const load = {
  cpu: steady('cpu', 10),
  'more-cpu': inTrigger('cpu', 52),
  row: steady('row', 10),
  'more-row': inTrigger('row', 110),
};
const ofCpu = ['cpu', 'more-cpu'];
const ofRow = ['row', 'more-row'];

const aged = {
  'connection-age-limit': { maxAgeSeconds: 1, maxRequests: 0, jitterRatio: 0.5 },
} satisfies Protections;

const overloaded: Claim = during(
  'cpu',
  'goodputRatio',
  '<=',
  0.5,
  'at most half of the requests are answered in time',
);
const enough: Claim = during(
  'cpu',
  'goodputRatio',
  '>=',
  0.95,
  'at least 95 % of the requests are answered in time',
);
const rowOverloaded: Claim = during(
  'row',
  'goodputRatio',
  '<=',
  0.7,
  'at most 70 % of the requests are answered in time',
);
const spread = mechanism('spread', '<=', 0.5, 'the replicas share the work evenly: CV at most 0.5', 'ratio');
const fourReplicas = mechanism('replicas', '>=', mostReplicas, 'four replicas are ready');

export const scenario = defineScenario({
  name: 'horizontal-scaling',
  question: 'When do more replicas help, and when do they change nothing?',
  story: {
    watch:
      'One replica with a quarter of a core gets 2.5 × what it can do. The autoscaler adds three. They help only if requests reach them: clients that keep their connections stay with the first one. And they change nothing when the bottleneck is behind them.',
    production:
      'A load balancer of connections, clients with keep-alive, and an autoscaler that looks at averages: half of the fleet is idle, the mean is fine, and users wait. Or twenty replicas that queue for the same row.',
    resembles:
      '"5 replicas to 10 … only 2 pods were actually doing the work" (kubenativehq); gRPC and HTTP/2 behind kube-proxy; every scale-out against one database.',
  },
  needs: ['limits'],
  system: {
    replicas: 1,
    poolSize: 5,
    downstreamDelayMs: 10,
    backendEnvironment: {},
    limits: { cpuCores: coresPerReplica },
    balancing: { level: 'connection' },
    clientConnections: 8,
  },
  routes,
  load,
  timeline: { warmUpSeconds: 2, baselineSeconds: 3, fillSeconds: 9, steadySeconds: 0, afterSeconds: 0 },
  calibration: calibrateFibonacci(requestMs, (path, cpuSeconds) => {
    const capacity = coresPerReplica / cpuSeconds;
    const rate = (share: number): number => Number((share * capacity).toFixed(2));
    return {
      routes: { ...routes, cpu: { ...routes.cpu, path } },
      load: {
        ...load,
        cpu: steady('cpu', rate(usual)),
        'more-cpu': inTrigger('cpu', rate(overload - usual)),
      },
    };
  }),
  trigger: { durationSeconds: 14 },
  mechanism: {
    replicas: targetReading('kube_deployment_status_replicas_ready', 'min'),
    spread: {
      service: 'backend',
      metric: 'http_server_request_duration_seconds_count',
      labels: { http_route: '/api/cpu-intensive' },
      reduce: 'spread',
      over: 'during',
    },
    rowSpread: {
      service: 'backend',
      metric: 'http_server_request_duration_seconds_count',
      labels: { http_route: '/api/lock-row' },
      reduce: 'spread',
      over: 'during',
    },
    throttledPeriods: targetReading('container_cpu_cfs_throttled_periods_total', 'increase'),
    connectionsClosed: protectionEvents('connection-age-limit', 'closed'),
    rowAnswersPerSecond: {
      service: 'backend',
      metric: 'http_server_request_duration_seconds_count',
      labels: { http_route: '/api/lock-row', http_response_status_code: '200' },
      reduce: 'rate',
      over: 'during',
    },
    rowWaiters: {
      service: 'backend',
      metric: 'db_client_connection_count',
      labels: { db_client_connection_state: 'used' },
      reduce: 'mean',
      over: 'during',
    },
  },
  arms: {
    'one-replica': {
      role: 'unprotected',
      declared: 'DEMONSTRATED',
      summary: 'A quarter of a core against 2.5 × its capacity.',
      inDemo: true,
      streams: ofCpu,
      protections: {},
      failureClaims: [
        overloaded,
        mechanism('throttledPeriods', '>=', 20, 'its quota is used up all the time'),
      ],
      healthClaims: [enough],
    },
    'kept-connections': {
      role: 'wrong-fix',
      declared: 'NOT FIXED',
      summary: 'Four replicas, and clients that keep the eight connections that they have.',
      inDemo: true,
      streams: ofCpu,
      trigger: { durationSeconds: 14, replicas: mostReplicas },
      protections: {},
      failureClaims: [
        overloaded,
        fourReplicas,
        mechanism('spread', '>=', 1.5, 'the new replicas get nothing: CV at least 1.5', 'ratio'),
      ],
      healthClaims: [enough, spread],
    },
    'one-replica-locked': {
      role: 'unprotected',
      declared: 'DEMONSTRATED',
      summary: 'The bottleneck behind it: a row that each request locks for 20 ms.',
      inDemo: true,
      streams: ofRow,
      protections: {},
      failureClaims: [
        rowOverloaded,
        mechanism('rowWaiters', '>=', 4, 'the connections of the pool wait for the row'),
      ],
      healthClaims: [during('row', 'goodputRatio', '>=', 0.95, 'at least 95 % are answered in time')],
    },
    'more-replicas-locked': {
      role: 'wrong-fix',
      declared: 'NOT FIXED',
      summary: 'Four replicas, all with work, that queue for the same row: as many answers as one gives.',
      inDemo: true,
      streams: ofRow,
      trigger: { durationSeconds: 14, replicas: mostReplicas },
      system: { clientConnections: 64 },
      // Else the new replicas would get nothing, and the row would not be to blame.
      protections: aged,
      failureClaims: [
        fourReplicas,
        mechanism(
          'rowSpread',
          '<=',
          0.7,
          'all four get requests: the CV of their shares is at most 0.7',
          'ratio',
        ),
        rowOverloaded,
        mechanism(
          'rowAnswersPerSecond',
          '<=',
          { times: 1.05, of: 'mechanism.rowAnswersPerSecond', arm: 'one-replica-locked' },
          'not more than 5 % more answers per second than one replica gives',
          '1/s',
        ),
        mechanism(
          'rowAnswersPerSecond',
          '>=',
          { times: 0.8, of: 'mechanism.rowAnswersPerSecond', arm: 'one-replica-locked' },
          'and not many fewer: it is the row that limits them',
          '1/s',
        ),
      ],
      healthClaims: [during('row', 'goodputRatio', '>=', 0.95, 'at least 95 % are answered in time')],
    },
    protected: {
      role: 'protected',
      declared: 'FIXED',
      summary: 'An autoscaler from one to four replicas, and connections that live about a second.',
      inDemo: true,
      streams: ofCpu,
      system: {
        autoscaler: {
          minReplicas: 1,
          maxReplicas: mostReplicas,
          averageUtilization: 60,
          requestCores: coresPerReplica,
          syncPeriodSeconds: 2,
          stabilizationWindowSeconds: { scaleUp: 0, scaleDown: 60 },
        },
      },
      protections: aged,
      failureClaims: [
        overloaded,
        mechanism('spread', '>=', 1.5, 'the new replicas get nothing: CV at least 1.5', 'ratio'),
      ],
      healthClaims: [
        enough,
        evidence(fourReplicas),
        evidence(spread),
        evidence(
          mechanism(
            'connectionsClosed',
            '>=',
            20,
            'connections are closed because of their age, at least 20',
          ),
        ),
      ],
    },
  },
});
