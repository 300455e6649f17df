import type { Client } from '../container/client.ts';
import { isOwnerGone } from '../container/owner.ts';
import type { LocalHost } from '../local/local-host.ts';

/** On the namespace of a run. */
export const runLabel = 'backend-load-testing.run';
export const ownerAnnotation = 'backend-load-testing.owner';

const deletionDeadlineMs = 90_000;

/** With everything in it; waits until it has gone. */
export async function removeNamespace(client: Client, namespace: string): Promise<void> {
  const options = ['--ignore-not-found', '--wait=true', '--timeout=80s'];
  await client.run(['delete', 'namespace', namespace, ...options], { deadlineMs: deletionDeadlineMs });
}

interface NamespaceList {
  readonly items: readonly {
    readonly metadata: {
      readonly name: string;
      readonly labels?: Readonly<Record<string, string>>;
      readonly annotations?: Readonly<Record<string, string>>;
    };
  }[];
}

/** Removes namespaces whose lab is dead, without waiting. Those of another machine's labs are left alone. */
export async function removeAbandoned(client: Client, host: LocalHost): Promise<readonly string[]> {
  const list = await client.attempt(['get', 'namespaces', '--selector', runLabel, '--output', 'json']);
  if (list.exitCode !== 0) return [];
  const abandoned = (JSON.parse(list.stdout) as NamespaceList).items.filter(({ metadata }) =>
    isOwnerGone(metadata.annotations?.[ownerAnnotation] ?? '', host),
  );
  for (const { metadata } of abandoned)
    await client.attempt(['delete', 'namespace', metadata.name, '--wait=false']);
  return abandoned.map(({ metadata }) => metadata.labels?.[runLabel] ?? metadata.name);
}
