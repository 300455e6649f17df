import { answersAtLeast, answersAtMost, evidence, mechanism } from '../core/claim-builders.ts';
import { defineScenario } from '../core/define-scenario.ts';
import { protectionEvents } from '../core/measure-builders.ts';
import type { Arm, Claim } from '../core/scenario.ts';
import { inTrigger, steady } from '../core/stream-builders.ts';

const mebibyte = 1_048_576;

const outage = answersAtMost('tasks', 0.9, 'an unrelated route');
const byTheKernel: readonly Claim[] = [
  mechanism('killedByLimit', '>=', 1, 'the kernel kills it: OOMKilled, exit code 137'),
  mechanism('abortedByV8', '<=', 0, 'V8 has not given up before: no exit code 134'),
  outage,
];
const byV8: readonly Claim[] = [
  mechanism('abortedByV8', '>=', 1, 'V8 gives up: exit code 134, reason Error'),
  mechanism('killedByLimit', '<=', 0, 'the limit of the container is not reached: nothing says OOMKilled'),
  outage,
];
const well: readonly Claim[] = [
  mechanism('ends', '<=', 0, 'no process ends'),
  answersAtLeast('tasks', 0.99, 'an unrelated route'),
];

const withMemory = (limitMebibytes: number, heapMebibytes: number): NonNullable<Arm['system']> => ({
  limits: { memoryBytes: limitMebibytes * mebibyte },
  backendEnvironment: { NODE_OPTIONS: `--max-old-space-size=${heapMebibytes}` },
});

export const scenario = defineScenario({
  name: 'oom-killed',
  question: 'Exit code 137 or 134: who ended the process, and which limit comes first?',
  story: {
    watch:
      'The same leak of JavaScript objects against two limits. Where the heap may grow beyond the container, the kernel kills without a word (137, OOMKilled). Where the heap limit is lower, V8 aborts with a message in the log (134), and `kubectl` shows Error, not OOMKilled.',
    production:
      'A heap limit above the limit of the container is no limit. One at about 75 % of it turns a silent kill into a stack trace, but neither stops the leak: only memory that is bounded does.',
    resembles:
      'kubernetes #114142 and docker-node #1340 (134 without OOMKilled); node #64646, where V8 sized its heap above a small container.',
  },
  needs: ['limits'],
  system: {
    replicas: 1,
    poolSize: 10,
    downstreamDelayMs: 10,
    backendEnvironment: {},
    supervision: { timeScale: 0.1 },
  },
  routes: {
    tasks: { key: 'GET /api/tasks', method: 'GET', path: '/api/tasks', deadlineMs: 1000 },
    leak: {
      key: 'GET /api/memory-leak',
      method: 'GET',
      path: '/api/memory-leak?size_mb=1&kind=heap',
      deadlineMs: 1000,
    },
  },
  load: { tasks: steady('tasks', 50), leak: inTrigger('leak', 30) },
  timeline: { warmUpSeconds: 1, baselineSeconds: 3, fillSeconds: 1, steadySeconds: 0, afterSeconds: 0 },
  trigger: { durationSeconds: 11 },
  mechanism: {
    killedByLimit: { incidents: 'OOMKilled', exitCode: 137, reduce: 'count', over: 'trigger' },
    abortedByV8: { incidents: 'Error', exitCode: 134, reduce: 'count', over: 'trigger' },
    ends: { incidents: 'any', reduce: 'count', over: 'trigger' },
    dropped: protectionEvents('bounded-cache', 'dropped'),
  },
  arms: {
    'container-limit': {
      role: 'unprotected',
      declared: 'DEMONSTRATED',
      summary: '160 MiB for the container, and a heap that may take what it wants.',
      inDemo: true,
      system: { limits: { memoryBytes: 160 * mebibyte } },
      protections: {},
      failureClaims: byTheKernel,
      healthClaims: well,
    },
    'heap-limit': {
      role: 'unprotected',
      declared: 'DEMONSTRATED',
      summary: '256 MiB for the container, 96 MiB for the heap: V8 is first.',
      inDemo: true,
      system: withMemory(256, 96),
      protections: {},
      failureClaims: byV8,
      healthClaims: well,
    },
    'heap-above-container': {
      role: 'wrong-fix',
      declared: 'NOT FIXED',
      summary: 'A heap limit of 512 MiB in a container of 160: it is never reached.',
      inDemo: true,
      system: withMemory(160, 512),
      protections: {},
      failureClaims: byTheKernel,
      healthClaims: well,
    },
    protected: {
      role: 'protected',
      declared: 'FIXED',
      summary: 'A heap limit at 75 % of the container, and a cache that keeps 60 MB at most.',
      inDemo: true,
      system: withMemory(256, 192),
      protections: { 'bounded-cache': { maxMegabytes: 60, maxEntries: 1000 } },
      failureClaims: [mechanism('ends', '>=', 1, 'the process ends at least once'), outage],
      healthClaims: [
        ...well,
        evidence(mechanism('dropped', '>=', 50, 'the bounded cache drops old entries, at least 50')),
      ],
    },
  },
});
