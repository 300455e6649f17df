import type { FaultEdge } from '../target.ts';
import type { Client } from '../container/client.ts';
import { isOwnerGone } from '../container/owner.ts';
import type { LocalHost } from '../local/local-host.ts';

/** On every container, network and volume of a run, beside the owner's. */
export const runLabel = 'backend-load-testing.run';
export const ownerLabel = 'backend-load-testing.owner';

/** The Compose project of a run. */
export function toProject(runId: string): string {
  return `lab-${runId.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '-')}`;
}

/** The name of the container of an edge's proxy, which is beside the project. */
export function toProxyName(project: string, edge: FaultEdge): string {
  return `${project}-proxy-${edge}`;
}

/** Removes what the run has: containers (those beside the project, too), network, volumes. */
export async function removeProject(docker: Client, runId: string): Promise<void> {
  const project = toProject(runId);
  const listed = await docker.attempt(['ps', '--all', '--quiet', '--filter', `label=${runLabel}=${runId}`]);
  const ids = listed.stdout.split('\n').filter((id) => id !== '');
  if (ids.length > 0) await docker.attempt(['rm', '--force', '--volumes', ...ids]);
  await docker.run(toDown(project));
}

/** Compose finds what belongs to a project by its labels; no file is needed. */
export function toDown(project: string): readonly string[] {
  return ['compose', '--project-name', project, 'down', '--volumes', '--remove-orphans', '--timeout', '1'];
}

/** Removes runs whose lab is dead. A run of another machine on the same engine is left alone. */
export async function removeAbandoned(docker: Client, host: LocalHost): Promise<readonly string[]> {
  const owners = new Map<string, string>();
  for (const kind of ['container', 'network', 'volume']) {
    const format = `{{.Label "${runLabel}"}}\t{{.Label "${ownerLabel}"}}`;
    const all = kind === 'container' ? ['--all'] : [];
    const { stdout } = await docker.attempt([
      kind,
      'ls',
      ...all,
      '--filter',
      `label=${runLabel}`,
      '--format',
      format,
    ]);
    for (const line of stdout.split('\n')) {
      const [runId = '', owner = ''] = line.split('\t');
      if (runId !== '') owners.set(runId, owner);
    }
  }
  const abandoned = [...owners].filter(([, owner]) => isOwnerGone(owner, host)).map(([runId]) => runId);
  for (const runId of abandoned) await removeProject(docker, runId);
  return abandoned;
}
