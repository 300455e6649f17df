import type { Client } from '../container/client.ts';
import type { Service } from '../container/roster.ts';

/** One container of a run, as `docker inspect` tells. */
export interface Container {
  readonly id: string;
  /** Of the replica, for example `backend-2`. */
  readonly name: string;
  readonly service: string;
  readonly isRunning: boolean;
  readonly exitCode: number;
  readonly isOomKilled: boolean;
  /** By its own port; those that the engine has published. */
  readonly publishedPorts: ReadonlyMap<number, number>;
}

/** Containers with the label, stopped ones too. */
export async function listContainers(
  docker: Client,
  label: string,
  signal?: AbortSignal,
): Promise<readonly Container[]> {
  const list = ['ps', '--all', '--quiet', '--no-trunc', '--filter', `label=${label}`];
  const ids = (await docker.run(list, { signal })).split('\n').filter((id) => id !== '');
  return ids.length === 0 ? [] : inspectContainers(docker, ids, signal);
}

export async function inspectContainers(
  docker: Client,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<readonly Container[]> {
  // One that has gone meanwhile makes it fail, and is left out of what it prints.
  const { stdout } = await docker.attempt(['inspect', '--type', 'container', ...ids], { signal });
  return (JSON.parse(stdout.trim() === '' ? '[]' : stdout) as readonly Inspected[]).map(toContainer);
}

export function toService({ service }: Container): Service {
  return service === 'backend' || service === 'downstream' ? service : 'other';
}

interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly Config: { readonly Labels?: Readonly<Record<string, string>> | null };
  readonly State: {
    readonly Running: boolean;
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
  };
  readonly NetworkSettings: {
    readonly Ports?: Readonly<Record<string, readonly { readonly HostPort: string }[] | null>> | null;
  };
}

function toContainer({ Id, Name, Config, State, NetworkSettings }: Inspected): Container {
  const service = Config.Labels?.['com.docker.compose.service'] ?? '';
  const number = Config.Labels?.['com.docker.compose.container-number'] ?? '1';
  const ports = Object.entries(NetworkSettings.Ports ?? {}).flatMap(([port, bindings]) => {
    const published = Number(bindings?.[0]?.HostPort);
    return published > 0 ? [[Number.parseInt(port, 10), published] as const] : [];
  });
  return {
    id: Id,
    name: service === '' ? Name.replace(/^\//, '') : `${service}-${number}`,
    service,
    isRunning: State.Running,
    exitCode: State.ExitCode,
    isOomKilled: State.OOMKilled,
    publishedPorts: new Map(ports),
  };
}
