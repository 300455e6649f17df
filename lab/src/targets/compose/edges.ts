import type { FaultEdge, StartOptions } from '../target.ts';
import { proxyCommand, startContainerProxy, type ContainerProxy } from '../container/fault-proxy.ts';
import { waitUntil } from '../local/waiting.ts';
import { toProxyName } from './cleanup.ts';
import type { ComposeFoundation } from './foundation.ts';

/** What is behind each edge, and at which port. */
const upstreams = {
  downstream: { host: 'downstream', port: 8001 },
  database: { host: 'postgres', port: 5432 },
} as const satisfies Record<FaultEdge, { readonly host: string; readonly port: number }>;

/** The host that the backend is to call: the proxy where the edge has one. */
export function hostOf(edge: FaultEdge, faulty: readonly FaultEdge[]): string {
  return faulty.includes(edge) ? `proxy-${edge}` : upstreams[edge].host;
}

const goneDeadlineMs = 5_000;

/** A container of its own in the network of the run, which ends with the client that holds its standard input. */
export async function startProxy(
  { docker, project, run }: Pick<ComposeFoundation, 'docker' | 'project' | 'run'>,
  edge: FaultEdge,
  repositoryRoot: string,
  { signal }: Pick<StartOptions, 'signal'>,
): Promise<ContainerProxy> {
  const name = toProxyName(project, edge);
  const labels = Object.entries(run.labels).map(([key, value]) => `--label=${key}=${value}`);
  const network = [`--network=${project}_default`, `--network-alias=proxy-${edge}`];
  const hardened = ['--read-only', '--tmpfs=/tmp', '--cap-drop=ALL', '--security-opt=no-new-privileges:true'];
  const options = ['--rm', '--interactive', `--name=${name}`, ...labels, ...network, ...hardened];
  const args = ['run', ...options, '--no-healthcheck', 'backend-app:local', ...proxyCommand];
  const proxy = await startContainerProxy({
    name: `proxy-${edge}`,
    repositoryRoot,
    setUp: { port: upstreams[edge].port, upstream: upstreams[edge] },
    open: (onLine) => docker.open(args, onLine),
    signal,
  });
  const hasGone = async (): Promise<boolean> => {
    const list = ['ps', '--all', '--quiet', `--filter=name=^/?${name}$`];
    return (await docker.attempt(list)).stdout.trim() === '';
  };
  return {
    ...proxy,
    stop: async () => {
      await proxy.stop();
      await docker.attempt(['rm', '--force', name]);
      // Its name is the next system's.
      await waitUntil(hasGone, { deadlineMs: goneDeadlineMs, intervalMs: 100 });
    },
  };
}
