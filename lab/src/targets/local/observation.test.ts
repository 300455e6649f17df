import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Confinement, LimitReadings } from './limits/confinement.ts';
import { observeSystem, type ObservedSystem } from './observation.ts';
import type { Balancer } from './relay/balancer.ts';
import type { ManagedReplica } from './replica.ts';

const readings: LimitReadings = {
  cpuSeconds: 1.5,
  periods: 10,
  throttledPeriods: 4,
  throttledSeconds: null,
  memoryBytes: 5_000_000,
  oomKills: 0,
};

function systemOf(
  changes: Partial<ObservedSystem> = {},
  read: LimitReadings | null = readings,
): ObservedSystem {
  const replica = {
    address: { name: 'backend-1', url: '', controlUrl: '' },
    pid: null,
    isReady: true,
    restarts: 2,
    confinement: read === null ? undefined : ({ read: () => read } as Confinement),
  } as ManagedReplica;
  return {
    set: { replicas: [replica], pending: new Map([['backend-2', 0]]) } as unknown as ObservedSystem['set'],
    limits: { memoryBytes: 160_000_000 },
    balancer: undefined,
    desiredReplicas: () => null,
    platform: 'linux',
    ...changes,
  };
}

it('says of each replica what its limits and its supervisor know', async () => {
  const [, replica] = await observeSystem(systemOf());
  expect(replica).toEqual({
    replica: 'backend-1',
    metrics: {
      kube_pod_container_status_restarts_total: 2,
      kube_pod_container_status_ready: 1,
      container_cpu_usage_seconds_total: 1.5,
      container_cpu_cfs_periods_total: 10,
      container_cpu_cfs_throttled_periods_total: 4,
      container_memory_working_set_bytes: 5_000_000,
      container_oom_events_total: 0,
      container_spec_memory_limit_bytes: 160_000_000,
    },
  });
});

it('what nobody can know is absent, never zero', async () => {
  const [, replica] = await observeSystem(systemOf({ limits: undefined }, null));
  expect(Object.keys(replica?.metrics ?? {})).toEqual([
    'kube_pod_container_status_restarts_total',
    'kube_pod_container_status_ready',
  ]);
});

it('says of the whole backend how many there are, are ready and are wanted, and who got what', async () => {
  const stats = () => Promise.resolve([{ name: 'backend-1', connections: 8, requests: 40 }]);
  const [total] = await observeSystem(
    systemOf({ balancer: { stats } as unknown as Balancer, desiredReplicas: () => 3 }),
  );
  expect(total?.metrics).toEqual({
    kube_deployment_spec_replicas: 2,
    kube_deployment_status_replicas_ready: 1,
    kube_horizontalpodautoscaler_status_desired_replicas: 3,
    'lab_balancer_connections_total{endpoint="backend-1"}': 8,
    'lab_balancer_requests_total{endpoint="backend-1"}': 40,
  });
});

it('docs/metrics.md lists exactly the names that there can be', async () => {
  const page = readFileSync(fileURLToPath(new URL('../../../../docs/metrics.md', import.meta.url)), 'utf8');
  const [, section = ''] = page.split('## What the local target observes');
  const documented = [...section.matchAll(/^\| `(\w+)`/gm)].map(([, name = '']) => name);
  const stats = () => Promise.resolve([{ name: 'backend-1', connections: 8, requests: 40 }]);
  const full = systemOf(
    { balancer: { stats } as unknown as Balancer, desiredReplicas: () => 3 },
    { ...readings, throttledSeconds: 0.2 },
  );
  const names = (await observeSystem(full)).flatMap(({ metrics }) => Object.keys(metrics));
  expect(documented.sort()).toEqual(names.map((name) => name.replace(/\{.*/, '')).sort());
});
