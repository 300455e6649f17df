import { UsageError } from '../core/settings.ts';
import { createComposeTarget } from '../targets/compose/compose.ts';
import { createKubernetesTarget } from '../targets/kubernetes/kubernetes.ts';
import { createLocalTarget } from '../targets/local/local.ts';
import type { GuardedTarget } from '../targets/target.ts';
import type { Host } from './host.ts';

const targetNames = ['local', 'compose', 'kubernetes'] as const;
export type TargetName = (typeof targetNames)[number];

export interface TargetOptions {
  readonly target: TargetName;
  readonly runId: string;
  readonly databaseUrl: string | undefined;
  readonly log: (line: string) => void;
}

export function createTarget(host: Host, { target, runId, databaseUrl, log }: TargetOptions): GuardedTarget {
  const { repositoryRoot, environment } = host;
  const common = { runId, repositoryRoot, environment, log };
  if (target === 'compose') return createComposeTarget(host.local, common);
  if (target === 'kubernetes') return createKubernetesTarget(host.local, common);
  const limits = environment['LAB_LIMITS'];
  return createLocalTarget(host.local, { runId, repositoryRoot, databaseUrl, limits, log });
}

/** Throws UsageError for a name that is none, and for a database that only the local target could use. */
export function parseTarget(name: string, databaseUrl: string | undefined): TargetName {
  const target = targetNames.find((known) => known === name);
  if (target === undefined) throw new UsageError(`--target ${name}: expected ${targetNames.join(', ')}`);
  if (target !== 'local' && databaseUrl !== undefined)
    throw new UsageError(`--database-url is for the local target; ${target} has a PostgreSQL of its own`);
  return target;
}
