import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { readBootId } from '../container/boot-id.ts';
import { openDatabases, toPsql, type ContainerDatabases } from '../container/database.ts';
import { toOwner } from '../container/owner.ts';
import type { Guard } from '../local/guard.ts';
import type { LocalHost } from '../local/local-host.ts';
import { createStopStack } from '../local/stop-stack.ts';
import { createWorkspace, toWorkspaceFolder } from '../local/workspace.ts';
import { ownerAnnotation, removeAbandoned, removeNamespace, runLabel } from './cleanup.ts';
import { openKubectl, toKubectlEnvironment, type Kubectl, type KubernetesOptions } from './kubectl.ts';
import { toOverlay, type KubernetesArm } from './overlay.ts';
import { followPods, type PodFeed } from './pods.ts';
import { untilPods } from './until-pods.ts';

/** What all systems of a run share: its namespace with PostgreSQL and Redis. */
export interface KubernetesFoundation extends Kubectl {
  readonly databases: ContainerDatabases;
  readonly feed: PodFeed;
  readonly monotonicMs: () => number;
  readonly bootId: string | null;
  readonly cgroupVersion: 'cgroup-v1' | 'cgroup-v2';
  /** Why there can be no autoscaler; null when there can. */
  readonly autoscalingObstacle: string | null;
  /** Makes the overlay of an arm and applies it. */
  apply(arm: KubernetesArm, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

const databaseDeadlineMs = 180_000;

/** Checks the cluster, cleans up after runs that were killed, and starts what all systems share. */
export async function startKubernetesFoundation(
  host: LocalHost,
  guard: Guard,
  options: KubernetesOptions,
  signal: AbortSignal,
): Promise<KubernetesFoundation> {
  await guard.ready(signal);
  const kubectl = await openKubectl(host, guard, options, signal);
  const { client, context, namespace } = kubectl;
  for (const runId of await removeAbandoned(client, host))
    options.log?.(`removed the namespace of run ${runId}, which had been killed`);

  const stops = createStopStack();
  try {
    const folder = toWorkspaceFolder(host, options.runId);
    guard.registerFolder(folder);
    const workspace = createWorkspace(host, options.runId);
    stops.add(() => {
      workspace.remove();
      guard.forgetFolder(folder);
    });
    guard.registerCommand({
      name: 'namespace',
      file: 'kubectl',
      args: ['--context', context, 'delete', 'namespace', namespace, '--wait=false'],
      environment: toKubectlEnvironment(options),
    });
    stops.add(async () => {
      await removeNamespace(client, namespace);
      guard.forgetCommand('namespace');
    });
    const apply = async (arm: KubernetesArm | null, ending: AbortSignal): Promise<void> => {
      const overlay = writeOverlay(host, options, { folder: workspace.folder, namespace, arm });
      await client.run(['apply', '--kustomize', overlay], { signal: ending });
    };
    options.log?.(`starting PostgreSQL and Redis in the namespace ${namespace} of ${context} …`);
    await apply(null, signal);
    const feed = followPods(client);
    stops.add(() => feed.stop());
    const isReady = (): boolean =>
      [...feed.pods.values()].some(({ name, isReady }) => name === 'postgres-0' && isReady);
    await untilPods(feed, isReady, { what: 'PostgreSQL', deadlineMs: databaseDeadlineMs, signal });
    const inDatabase = (args: readonly string[]) => client.run(['exec', 'postgres-0', '--', ...args]);
    return {
      ...kubectl,
      databases: await openDatabases((statements) => inDatabase(toPsql(statements))),
      feed,
      monotonicMs: () => host.monotonicMs(),
      bootId: readBootId(),
      cgroupVersion: await readCgroupVersion(inDatabase),
      autoscalingObstacle: await findAutoscalingObstacle(kubectl, signal),
      apply,
      close: () => stops.stopAll(),
    };
  } catch (error) {
    await stops.stopAll();
    throw error;
  }
}

function writeOverlay(
  host: LocalHost,
  { runId, repositoryRoot }: KubernetesOptions,
  {
    folder,
    namespace,
    arm,
  }: { readonly folder: string; readonly namespace: string; readonly arm: KubernetesArm | null },
): string {
  const overlay = join(realpathSync(folder), 'overlay');
  const files = toOverlay({
    namespace,
    repository: relative(overlay, realpathSync(repositoryRoot)),
    labels: { [runLabel]: runId },
    annotations: { [ownerAnnotation]: toOwner(host) },
    arm,
  });
  for (const [name, text] of files) {
    mkdirSync(dirname(join(overlay, name)), { recursive: true });
    // One of them has the password of the run's database.
    writeFileSync(join(overlay, name), text, { mode: 0o600 });
  }
  return overlay;
}

async function findAutoscalingObstacle(
  { client, context }: Kubectl,
  signal: AbortSignal,
): Promise<string | null> {
  const metrics = ['get', '--raw', '/apis/metrics.k8s.io/v1beta1/nodes', '--request-timeout=10s'];
  if ((await client.attempt(metrics, { signal })).exitCode === 0) return null;
  return `the cluster of the context ${context} has no metrics-server, which an autoscaler reads (minikube addons enable metrics-server)`;
}

async function readCgroupVersion(
  inContainer: (args: readonly string[]) => Promise<string>,
): Promise<KubernetesFoundation['cgroupVersion']> {
  const script = 'if [ -f /sys/fs/cgroup/cgroup.controllers ]; then echo 2; else echo 1; fi';
  return (await inContainer(['sh', '-c', script])).trim() === '2' ? 'cgroup-v2' : 'cgroup-v1';
}
