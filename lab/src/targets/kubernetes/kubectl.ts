import { createClient, type Client } from '../container/client.ts';
import { toMarkerEnvironment, type Guard } from '../local/guard.ts';
import type { LocalHost } from '../local/local-host.ts';
import { TargetError } from '../local/target-error.ts';

export interface KubernetesOptions {
  readonly runId: string;
  readonly repositoryRoot: string;
  /** The user's, for the client `kubectl`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** One line for the person at the terminal. */
  readonly log?: (line: string) => void;
}

/** `kubectl`, bound to one cluster and one namespace, whatever the user chooses meanwhile. */
export interface Kubectl {
  readonly client: Client;
  readonly context: string;
  readonly namespace: string;
}

/** All of the user's environment: what fetches the credentials of a cluster may need anything. */
export function toKubectlEnvironment({ environment, runId }: KubernetesOptions): Record<string, string> {
  const known = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return { ...Object.fromEntries(known), ...toMarkerEnvironment(runId) };
}

/** Throws `engine-unusable`: no kubectl, no context, no answer, or a cluster that is not this machine's. */
export async function openKubectl(
  host: LocalHost,
  guard: Guard,
  options: KubernetesOptions,
  signal: AbortSignal,
): Promise<Kubectl> {
  const environment = toKubectlEnvironment(options);
  const plain = createClient(host, { program: 'kubectl', environment, guard });
  const chosen = await plain.attempt(['config', 'current-context'], { signal });
  if (chosen.exitCode === null)
    throw unusable('kubectl is not on PATH: install it (https://kubernetes.io/docs/tasks/tools)');
  const context = chosen.stdout.trim();
  if (chosen.exitCode !== 0 || context === '')
    throw unusable(
      'kubectl has no current context: run scripts/setup-minikube.sh, or set KUBECONFIG to the file of your cluster',
    );
  const namespace = toNamespace(options.runId);
  const prefix = ['--context', context, '--namespace', namespace];
  const client = createClient(host, { program: 'kubectl', prefix, environment, guard });
  const view = await client.run(['config', 'view', '--minify', '--output', 'json'], { signal });
  if (!isOfThisMachine(context, view) && options.environment['CONFIRM_CONTEXT'] !== context)
    throw unusable(
      `the context ${context} is not a cluster of this machine: set CONFIRM_CONTEXT='${context}' to let the lab work there, in the namespace ${namespace}`,
    );
  const version = ['get', '--raw', '/version', '--request-timeout=10s'];
  if ((await client.attempt(version, { signal })).exitCode !== 0)
    throw unusable(
      `the cluster of the context ${context} does not answer: start it (minikube start), or choose another (kubectl config use-context)`,
    );
  return { client, context, namespace };
}

/** A name of 63 characters at most (RFC 1123), which the run's id is far below. */
function toNamespace(runId: string): string {
  return `lab-${runId.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-')}`;
}

interface ClusterView {
  readonly clusters?: readonly {
    readonly cluster: {
      readonly server: string;
      readonly extensions?: readonly { readonly extension?: { readonly provider?: string } }[];
    };
  }[];
}

/** As the scripts decide it (scripts/lib/cluster.sh). */
function isOfThisMachine(context: string, view: string): boolean {
  if (context === 'minikube' || context === 'docker-desktop' || context.startsWith('kind-')) return true;
  const cluster = (JSON.parse(view) as ClusterView).clusters?.[0]?.cluster;
  const providers = (cluster?.extensions ?? []).map(({ extension }) => extension?.provider);
  if (providers.includes('minikube.sigs.k8s.io')) return true;
  return /^https:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|\/|$)/.test(cluster?.server ?? '');
}

function unusable(message: string): TargetError {
  return new TargetError('engine-unusable', message);
}
