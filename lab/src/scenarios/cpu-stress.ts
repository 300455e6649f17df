import { during, evidence, mechanism } from '../core/claim-builders.ts';
import { defineScenario } from '../core/define-scenario.ts';
import { calibrateFibonacci, fibonacciPath } from '../core/fibonacci-calibration.ts';
import { backendGauge, protectionEvents } from '../core/measure-builders.ts';
import type { Claim } from '../core/scenario.ts';
import { inTrigger, steady } from '../core/stream-builders.ts';

/** Of one core, and with one core an event loop is full. */
const wantedUtilisation = 0.8;
const wantedMs = 300;

const routes = {
  tasks: { key: 'GET /api/tasks', method: 'GET', path: '/api/tasks', deadlineMs: 2000 },
  health: { key: 'GET /health', method: 'GET', path: '/health', deadlineMs: 2000 },
  cpu: {
    key: 'GET /api/cpu-intensive',
    method: 'GET',
    path: fibonacciPath(),
    deadlineMs: 2000,
  },
} as const;
const load = {
  tasks: steady('tasks', 40),
  health: steady('health', 10),
  cpu: inTrigger('cpu', 3, 'poisson-count'),
};

const starved: readonly Claim[] = [
  during('tasks', 'p99Ms', '>=', 300, 'p99 of a route that computes nothing is at least 300 ms'),
  during('health', 'p99Ms', '>=', 250, 'p99 of the probe route is at least 250 ms'),
  mechanism('loopUtilisation', '>=', 0.4, 'the event loop is busy at least 40 % of its time', 'ratio'),
];
const well: readonly Claim[] = [
  during('tasks', 'p99Ms', '<=', 50, 'p99 of a route that computes nothing is at most 50 ms'),
  during('health', 'p99Ms', '<=', 50, 'p99 of the probe route is at most 50 ms'),
  mechanism('loopUtilisation', '<=', 0.15, 'the event loop is busy at most 15 % of its time', 'ratio'),
];

export const scenario = defineScenario({
  name: 'cpu-stress',
  question: 'Why do routes that compute nothing become slow when one route computes, and does `async` help?',
  story: {
    watch:
      'A few computations a second, each about 300 ms, on the thread that serves everybody. Look at the utilisation of the event loop, and at p99 of a route and of a probe that compute nothing. No CPU limit is set here: see cpu-throttling for one.',
    production:
      'A PDF, a password hash, a large JSON document: one thread runs all requests of a Node process. When the probe waits as well, the orchestrator restarts a process that was only busy.',
    resembles:
      'Node.js documentation, "Don\'t Block the Event Loop"; a healthy pod killed by its liveness probe because the loop was starved (devantler-tech/platform #1714).',
  },
  needs: [],
  system: { replicas: 1, poolSize: 10, downstreamDelayMs: 10, backendEnvironment: {} },
  routes,
  load,
  timeline: { warmUpSeconds: 1, baselineSeconds: 3, fillSeconds: 1, steadySeconds: 0, afterSeconds: 0 },
  calibration: calibrateFibonacci(wantedMs, (path, cpuSeconds) => ({
    routes: { ...routes, cpu: { ...routes.cpu, path } },
    load: { ...load, cpu: { ...load.cpu, rate: Number((wantedUtilisation / cpuSeconds).toFixed(3)) } },
  })),
  trigger: { durationSeconds: 12 },
  mechanism: {
    loopUtilisation: backendGauge('nodejs_eventloop_utilization_ratio', 'mean'),
    wrapped: protectionEvents('async-wrapper'),
    offloaded: protectionEvents('worker-offload'),
  },
  arms: {
    unprotected: {
      role: 'unprotected',
      declared: 'DEMONSTRATED',
      summary: 'The computation runs where requests are served.',
      inDemo: true,
      protections: {},
      failureClaims: starved,
      healthClaims: well,
    },
    'async-wrapper': {
      role: 'wrong-fix',
      declared: 'NOT FIXED',
      summary: '`async` around the same code: it begins later, on the same thread.',
      inDemo: true,
      protections: { 'async-wrapper': {} },
      failureClaims: [
        ...starved,
        evidence(mechanism('wrapped', '>=', 5, 'the wrapper is really used, at least 5 times')),
      ],
      healthClaims: well,
    },
    'larger-libuv-pool': {
      role: 'wrong-fix',
      declared: 'NOT FIXED',
      summary: 'UV_THREADPOOL_SIZE=16: threads that JavaScript never runs on.',
      inDemo: true,
      system: { backendEnvironment: { UV_THREADPOOL_SIZE: '16' } },
      protections: {},
      failureClaims: starved,
      healthClaims: well,
    },
    protected: {
      role: 'protected',
      declared: 'FIXED',
      summary: 'The same computation in a worker thread.',
      inDemo: true,
      protections: { 'worker-offload': { threads: 1, queueLimit: 20 } },
      failureClaims: starved,
      healthClaims: [
        ...well,
        evidence(mechanism('offloaded', '>=', 5, 'the thread is really used, at least 5 times')),
      ],
    },
  },
});
