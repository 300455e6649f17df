import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  amount,
  containerOf,
  deployed,
  isWorkload,
  only,
  podOf,
  root,
  type Manifest,
} from './manifest-files.ts';

const manifests = deployed();
const workloads = manifests.filter(isWorkload);
const named = (kind: string, name: string) => only(manifests, kind, name);
const backend = named('Deployment', 'backend-app');
const autoscaler = named('HorizontalPodAutoscaler', 'backend-app');
const MOST_REPLICAS = 10;
const SPARE_SECONDS = 5;
const MINIKUBE_CORES = 2;
/** What the pods of Minikube itself ask for, metrics-server included. */
const SYSTEM_CORES = 0.85;

/** The environment of a workload's container, wherever it stands. */
function environmentOf(workload: Manifest): Record<string, string> {
  const { name } = workload.metadata;
  const config = manifests.find((one) => one.kind === 'ConfigMap' && one.metadata.name === name);
  const own = (containerOf(workload).env ?? []).map((variable) => [variable.name, variable.value ?? '']);
  return { ...config?.data, ...(Object.fromEntries(own) as Record<string, string>) };
}

function resourcesOf(workload: Manifest) {
  const { requests = {}, limits = {} } = containerOf(workload).resources ?? {};
  return {
    requests: { cpu: amount(requests['cpu']), memory: amount(requests['memory']) },
    limits: { cpu: amount(limits['cpu']), memory: amount(limits['memory']) },
  };
}

describe('requests and limits', () => {
  it.each(workloads.map((workload) => [workload.metadata.name, workload] as const))(
    'of %s are set for CPU and memory, the request not above the limit',
    (_name, workload) => {
      const { requests, limits } = resourcesOf(workload);
      expect(requests.cpu).toBeLessThanOrEqual(limits.cpu);
      expect(requests.memory).toBeLessThanOrEqual(limits.memory);
    },
  );

  it('let the backend be limited to 100m of CPU by hand', () => {
    expect(resourcesOf(backend).requests.cpu).toBeLessThanOrEqual(0.1);
  });

  it('end twenty leaks of 50 MB in OOMKilled', () => {
    expect(resourcesOf(backend).limits.memory).toBeLessThan(1000e6);
  });

  it('fit two CPUs with ten replicas and the one that a rollout adds', () => {
    const cores = workloads.reduce((sum, workload) => {
      const replicas = workload === backend ? MOST_REPLICAS + 1 : 1;
      return sum + replicas * resourcesOf(workload).requests.cpu;
    }, 0);
    expect(cores + SYSTEM_CORES).toBeLessThanOrEqual(MINIKUBE_CORES);
  });

  it('keep the heap of Node below the limit of its container', () => {
    for (const name of ['backend-app', 'downstream-service']) {
      const workload = named('Deployment', name);
      const heap = /--max-old-space-size=(\d+)/.exec(environmentOf(workload)['NODE_OPTIONS'] ?? '')?.[1];
      expect(amount(`${heap}Mi`)).toBeLessThanOrEqual(0.75 * resourcesOf(workload).limits.memory);
    }
  });
});

describe('the backend', () => {
  it('leaves the number of its replicas to the autoscaler and to kubectl scale', () => {
    expect(backend.spec).not.toHaveProperty('replicas');
  });

  it('is scaled from one to ten replicas by its CPU', () => {
    expect(autoscaler.spec).toMatchObject({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'backend-app' },
      minReplicas: 1,
      maxReplicas: MOST_REPLICAS,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization' } } }],
      behavior: { scaleUp: { stabilizationWindowSeconds: 0 }, scaleDown: { selectPolicy: 'Max' } },
    });
  });

  it('has three probes: started and alive look at the process, ready at the database', () => {
    const { startupProbe, readinessProbe, livenessProbe } = containerOf(backend);
    expect([startupProbe, readinessProbe, livenessProbe].map((probe) => probe?.httpGet?.path)).toEqual([
      '/livez',
      '/readyz',
      '/livez',
    ]);
  });

  it('has the time to start with 100m of CPU, and is not restarted for a busy minute', () => {
    const { startupProbe, livenessProbe } = containerOf(backend);
    const patience = (probe = startupProbe) => (probe ? probe.periodSeconds * probe.failureThreshold : 0);
    expect(patience()).toBeGreaterThanOrEqual(120);
    expect(patience(livenessProbe)).toBeGreaterThan(60);
  });

  it('loses no capacity in a rollout, and lets a node be drained, one replica at a time', () => {
    expect(backend.spec['strategy']).toMatchObject({ rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
    const budget = named('PodDisruptionBudget', 'backend-app').spec;
    expect(budget).toMatchObject({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' });
    expect(budget['selector']).toEqual(backend.spec['selector']);
    const spread = podOf(backend).topologySpreadConstraints ?? [];
    expect(spread.map((one) => one.whenUnsatisfiable)).toEqual(['ScheduleAnyway', 'ScheduleAnyway']);
  });

  it('asks the database for fewer connections than it has, with ten replicas and one more', () => {
    const args = containerOf(named('StatefulSet', 'postgres')).args ?? [];
    const most = Number(args.find((one) => one.startsWith('max_connections='))?.split('=')[1]);
    const pool = Number(environmentOf(backend)['DATABASE_POOL_SIZE']);
    expect((MOST_REPLICAS + 1) * (pool + 1)).toBeLessThan(most);
  });

  it('is given only variables that it reads', () => {
    const page = readFileSync(join(root, 'docs/configuration.md'), 'utf8');
    const others = /^(POSTGRES_\w+|NODE_OPTIONS)$/;
    for (const name of Object.keys(environmentOf(backend)).filter((one) => !others.test(one))) {
      expect(page).toContain(`| \`${name}\``);
    }
  });
});

describe('a stop', () => {
  it.each(['backend-app', 'downstream-service'])('of %s is over before the kubelet kills', (name) => {
    const workload = named('Deployment', name);
    const { DRAIN_DELAY_MS, GRACE_PERIOD_MS } = environmentOf(workload);
    const preStopSeconds = containerOf(workload).lifecycle?.preStop?.sleep?.seconds ?? Number.NaN;
    const neededSeconds = preStopSeconds + (Number(DRAIN_DELAY_MS) + Number(GRACE_PERIOD_MS)) / 1000;
    expect(preStopSeconds).toBeGreaterThan(0);
    expect(Number(DRAIN_DELAY_MS)).toBeGreaterThan(0);
    expect(podOf(workload).terminationGracePeriodSeconds).toBeGreaterThanOrEqual(
      neededSeconds + SPARE_SECONDS,
    );
  });
});
