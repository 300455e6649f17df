import type { Limits, Observation } from '../target.ts';
import { readCpuSeconds } from './cpu-seconds.ts';
import type { Balancer } from './relay/balancer.ts';
import type { ManagedReplica } from './replica.ts';
import type { ReplicaSet } from './replica-set.ts';

/** What all replicas together are called in observations. */
const deployment = 'backend';

export interface ObservedSystem {
  readonly set: ReplicaSet;
  readonly limits: Limits | undefined;
  readonly balancer: Balancer | undefined;
  /** Of the autoscaler; null without one. */
  readonly desiredReplicas: () => number | null;
  readonly platform: NodeJS.Platform;
}

/**
 * What the target itself knows, under the names that cAdvisor and kube-state-metrics give it, so that the same
 * measures can be read from a cluster. Listed in docs/metrics.md.
 */
export async function observeSystem(system: ObservedSystem): Promise<readonly Observation[]> {
  const { set } = system;
  const total: Record<string, number> = {
    kube_deployment_spec_replicas: set.replicas.length + set.pending.size,
    kube_deployment_status_replicas_ready: set.replicas.filter(({ isReady }) => isReady).length,
  };
  const desired = system.desiredReplicas();
  if (desired !== null) total['kube_horizontalpodautoscaler_status_desired_replicas'] = desired;
  for (const { name, connections, requests } of (await system.balancer?.stats()) ?? []) {
    total[`lab_balancer_connections_total{endpoint="${name}"}`] = connections;
    if (requests !== null) total[`lab_balancer_requests_total{endpoint="${name}"}`] = requests;
  }
  return [
    { replica: deployment, metrics: total },
    ...set.replicas.map((replica) => observeReplica(replica, system)),
  ];
}

/** CPU time of a replica so far, by its limit's meter where it has one; null where nobody can know. */
export function cpuSecondsOf({ confinement, pid }: ManagedReplica, platform: NodeJS.Platform): number | null {
  return confinement?.read().cpuSeconds ?? (pid === null ? null : readCpuSeconds([pid], [], platform));
}

function observeReplica(replica: ManagedReplica, { limits, platform }: ObservedSystem): Observation {
  const readings = replica.confinement?.read();
  const metrics: Record<string, number | null | undefined> = {
    kube_pod_container_status_restarts_total: replica.restarts,
    kube_pod_container_status_ready: replica.isReady ? 1 : 0,
    container_cpu_usage_seconds_total: cpuSecondsOf(replica, platform),
    container_cpu_cfs_periods_total: readings?.periods,
    container_cpu_cfs_throttled_periods_total: readings?.throttledPeriods,
    container_cpu_cfs_throttled_seconds_total: readings?.throttledSeconds,
    container_memory_working_set_bytes: readings?.memoryBytes,
    container_oom_events_total: readings?.oomKills,
    container_spec_memory_limit_bytes: limits?.memoryBytes,
  };
  return { replica: replica.address.name, metrics: withoutGaps(metrics) };
}

/** What nobody can know here is left out: absent, never zero. */
function withoutGaps(metrics: Readonly<Record<string, number | null | undefined>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(metrics).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}
