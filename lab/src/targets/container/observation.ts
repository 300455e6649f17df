import type { Observation } from '../target.ts';
import type { MeterReading } from './meter.ts';

/** What all replicas together are called, as on the local target. */
const deployment = 'backend';

export interface ObservedMember {
  readonly name: string;
  isReady: boolean;
  restarts: number;
  oomKills: number;
}

/** The names of docs/metrics.md. What could not be read is left out: absent, never zero. */
export function observeBackends(
  members: readonly ObservedMember[],
  readings: readonly (MeterReading | null)[],
  memoryLimitBytes: number | undefined,
  desiredReplicas: number | null,
): readonly Observation[] {
  const total = {
    kube_deployment_spec_replicas: members.length,
    kube_deployment_status_replicas_ready: members.filter(({ isReady }) => isReady).length,
    ...(desiredReplicas !== null && {
      kube_horizontalpodautoscaler_status_desired_replicas: desiredReplicas,
    }),
  };
  return [
    { replica: deployment, metrics: total },
    ...members.map((member, index) => observe(member, readings[index] ?? null, memoryLimitBytes)),
  ];
}

function observe(
  { name, isReady, restarts, oomKills }: ObservedMember,
  reading: MeterReading | null,
  memoryLimitBytes: number | undefined,
): Observation {
  return {
    replica: name,
    metrics: {
      kube_pod_container_status_restarts_total: restarts,
      kube_pod_container_status_ready: isReady ? 1 : 0,
      container_oom_events_total: oomKills,
      ...(memoryLimitBytes !== undefined && { container_spec_memory_limit_bytes: memoryLimitBytes }),
      ...(reading !== null && {
        container_cpu_usage_seconds_total: reading.cpuSeconds,
        container_cpu_cfs_periods_total: reading.periods,
        container_cpu_cfs_throttled_periods_total: reading.throttledPeriods,
        container_cpu_cfs_throttled_seconds_total: reading.throttledSeconds,
        container_memory_working_set_bytes: reading.memoryBytes,
      }),
    },
  };
}
