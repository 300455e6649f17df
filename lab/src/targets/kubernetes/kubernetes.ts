import type { GuardedTarget, SystemSpec, TargetDescription } from '../target.ts';
import { createLifecycle } from '../container/lifecycle.ts';
import { startGuard, toMarkerEnvironment, type Guard } from '../local/guard.ts';
import type { LocalHost } from '../local/local-host.ts';
import { startKubernetesFoundation, type KubernetesFoundation } from './foundation.ts';
import type { KubernetesOptions } from './kubectl.ts';
import { createLoadPods } from './load-pods.ts';
import { startKubernetesSystem } from './kubernetes-system.ts';

/** A pod that is limited to a quarter of a core starts for ten seconds, and the next probe makes it ready. */
const scalingByHandTakesTimes = 3;
/** Each step of the real autoscaler waits for metrics-server (15 s), its own period (15 s) and new pods; it needs two. */
const autoscalingTakesTimes = 10;

/**
 * Runs systems as pods of the cluster of kubectl's context, made from the manifests of the repository in a namespace of
 * the run's own. PostgreSQL and Redis start once; every system gets fresh pods and a database of its own.
 */
export function createKubernetesTarget(host: LocalHost, options: KubernetesOptions): GuardedTarget {
  let guard: Guard | undefined;
  const openedGuard = (): Guard => (guard ??= startGuard(host, options));
  let foundation: KubernetesFoundation | undefined;
  const unsupported = (spec: SystemSpec): string | null =>
    findObstacle(spec, foundation?.autoscalingObstacle ?? null);
  const lifecycle = createLifecycle<KubernetesFoundation>({
    open: async (signal) =>
      (foundation = await startKubernetesFoundation(host, openedGuard(), options, signal)),
    start: (base, number, { spec, ...start }) =>
      startKubernetesSystem(base, {
        ...start,
        spec,
        databaseName: `lab_${number}`,
        repositoryRoot: options.repositoryRoot,
      }),
    unsupported,
    guard: () => guard,
  });
  return {
    name: 'kubernetes',
    markerEnvironment: toMarkerEnvironment(options.runId),
    registerProcess: (pid) => openedGuard().registerProcess(pid),
    forgetProcess: (pid) => guard?.forgetProcess(pid),
    generators: createLoadPods(lifecycle.prepare),
    describe: (): Promise<TargetDescription> =>
      Promise.resolve({
        name: 'kubernetes',
        limits: foundation?.cgroupVersion ?? 'none',
        postgresVersion: foundation?.databases.version ?? null,
      }),
    unsupported,
    timeScale: ({ autoscaler }, isScaledByHand) =>
      autoscaler !== undefined ? autoscalingTakesTimes : isScaledByHand ? scalingByHandTakesTimes : 1,
    prepare: async (signal) => void (await lifecycle.prepare(signal)),
    start: (spec, start) => lifecycle.start(spec, start),
    close: () => lifecycle.close(),
  };
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
