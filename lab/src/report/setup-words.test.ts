import { describe, expect, it } from 'vitest';
import { resultOf, sampleArms } from '../../test/fixtures/sample-run.ts';
import type { ArmSetup } from '../core/document.ts';
import { inTrigger, steady } from '../core/stream-builders.ts';
import { compareSetups, setupPhrases } from './setup-words.ts';

const [arm] = sampleArms;
if (arm === undefined) throw new Error('the sample run has no arm');
const plain: ArmSetup = resultOf(arm).setup;
const systemOf = (setup: Partial<ArmSetup>) => setupPhrases({ ...plain, ...setup }).system;

describe('a set-up in words', () => {
  it('says what every replica may use, or that nothing limits it', () => {
    expect(systemOf({ replicas: 4, limits: { cpuCores: 0.25, memoryBytes: 160_000_000 } })).toEqual([
      '4 replicas',
      'at most 0.25 cores',
      'at most 160 MB of memory',
      'a pool of 10 connections',
    ]);
    expect(systemOf({})).toContain('no limit of memory');
  });

  it('has a phrase for each part of the system', () => {
    const system = {
      downstreamDelayMs: 10,
      backendEnvironment: { UV_THREADPOOL_SIZE: '16', NODE_OPTIONS: '--max-old-space-size=64' },
      supervision: {
        timeScale: 0.1,
        liveness: { path: '/livez', periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 3 },
      },
      balancing: { level: 'connection', endpointDelayMs: 500 },
      autoscaler: {
        minReplicas: 1,
        maxReplicas: 4,
        averageUtilization: 60,
        requestCores: 0.25,
        syncPeriodSeconds: 2,
        stabilizationWindowSeconds: { scaleUp: 0, scaleDown: 60 },
      },
      faultEdges: ['downstream'],
      databaseConnectionLimit: 20,
      clientConnections: 8,
    };
    expect(systemOf({ system }).slice(4)).toEqual([
      'the downstream answers after 10 ms',
      'UV_THREADPOOL_SIZE=16',
      'NODE_OPTIONS=--max-old-space-size=64',
      "what ends is started again, with 0.1 × the kubelet's back-off",
      'liveness probe of /livez every 1 s, 3 failures count',
      'a balancer gives each connection to the next replica, and knows of changes 500 ms later',
      'an autoscaler from 1 to 4 replicas for 60 % of 0.25 cores, every 2 s, up after 0 s, down after 60 s',
      'a proxy on the edge to the downstream',
      'the database admits 20 connections',
      'clients keep 8 connections',
    ]);
  });

  it('shows a part of another version of the lab as it was recorded', () => {
    expect(systemOf({ system: { sidecar: { cores: 1 } } }).at(-1)).toBe('sidecar (cores 1)');
  });

  it('says of each stream how much, how and when', () => {
    const load = { tasks: steady('tasks', 80), cpu: inTrigger('cpu', 3.386, 'poisson-count') };
    expect(setupPhrases({ ...plain, load }).load).toEqual([
      'tasks 80/s, evenly spaced',
      'cpu 3.386/s, at random (Poisson), while the trigger lasts',
    ]);
  });

  it.each([
    [null, 'none'],
    [{ durationSeconds: 12 }, '12 s: the load that belongs to it'],
    [{ durationSeconds: 6, behaviour: { delayMs: 750 } }, '6 s: the downstream behaves with delayMs 750'],
    [
      { durationSeconds: 7, fault: { edge: 'database', kind: 'latency', latencyMs: 5 } },
      '7 s: the edge to the database suffers latency (latencyMs 5)',
    ],
    [{ durationSeconds: 14, replicas: 4 }, '14 s: the backend is brought to 4 replicas'],
  ])('says what the trigger %j does', (trigger, text) => {
    expect(setupPhrases({ ...plain, trigger }).trigger).toEqual([text]);
  });
});

describe('set-ups side by side', () => {
  it('part what all arms have from what only some have', () => {
    const larger = { ...plain, poolSize: 20, protections: { retry: { attempts: 4 } } };
    const { common, differing, own } = compareSetups([
      { name: 'unprotected', setup: plain },
      { name: 'larger', setup: larger },
    ]);
    expect(differing).toEqual(['system', 'protections']);
    expect(common.find(({ topic }) => topic === 'system')?.phrases).toEqual([
      '1 replica',
      'no limit of CPU',
      'no limit of memory',
    ]);
    expect(own.map(({ phrases }) => [...phrases.system, ...phrases.protections])).toEqual([
      ['a pool of 10 connections', 'none'],
      ['a pool of 20 connections', 'retry (attempts 4)'],
    ]);
  });

  it('have no differences where there is one arm', () => {
    expect(compareSetups([{ name: 'unprotected', setup: plain }]).differing).toEqual([]);
  });
});
