import type { GuardedTarget, SystemSpec } from '../target.ts';
import { createContainerTarget } from '../container/container-target.ts';
import type { LocalHost } from '../local/local-host.ts';
import { startKubernetesFoundation, type KubernetesFoundation } from './foundation.ts';
import type { KubernetesOptions } from './kubectl.ts';
import { startKubernetesSystem } from './kubernetes-system.ts';
import { createLoadPods } from './load-pods.ts';

/** A pod that is limited to a quarter of a core starts for ten seconds, and the next probe makes it ready. */
const scalingByHandTakesTimes = 3;
/** Each step of the real autoscaler waits for metrics-server (15 s), its own period (15 s) and new pods; it needs two. */
const autoscalingTakesTimes = 10;

/**
 * Runs systems as pods of the cluster of kubectl's context, made from the manifests of the repository in a namespace of
 * the run's own. PostgreSQL and Redis start once; every system gets fresh pods and a database of its own.
 */
export function createKubernetesTarget(host: LocalHost, options: KubernetesOptions): GuardedTarget {
  return createContainerTarget<KubernetesFoundation>(host, options, {
    name: 'kubernetes',
    open: (guard, signal) => startKubernetesFoundation(host, guard, options, signal),
    start: startKubernetesSystem,
    findObstacle: (spec, foundation) => findObstacle(spec, foundation?.autoscalingObstacle ?? null),
    timeScale: ({ autoscaler }, isScaledByHand) =>
      autoscaler !== undefined ? autoscalingTakesTimes : isScaledByHand ? scalingByHandTakesTimes : 1,
    createGenerators: createLoadPods,
  });
}

function findObstacle(spec: SystemSpec, autoscalingObstacle: string | null): string | null {
  const { replicas, balancing, autoscaler, ports } = spec;
  if (autoscaler !== undefined && autoscalingObstacle !== null) return autoscalingObstacle;
  if (balancing?.level === 'request') return 'a Service of Kubernetes balances connections, not requests';
  if ((replicas > 1 || autoscaler !== undefined) && balancing === undefined)
    return 'several replicas need a balancer in front of them';
  if (ports === 'spec')
    return 'a run has ports of its own: scripts/deploy-all.sh gives those of the specification';
  return null;
}
