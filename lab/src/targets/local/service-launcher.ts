import { join } from 'node:path';
import type { Foundation } from './foundation.ts';
import type { Confinement } from './limits/confinement.ts';
import type { LocalHost } from './local-host.ts';
import { startService, type ServiceProcess } from './service-process.ts';

/** How long a service may finish what is in flight when it is told to end. */
const gracePeriodMs = 1_000;
/** From SIGTERM to SIGKILL: the service's own end comes first. */
const killAfterMs = 2_000;

/** Starts a program of the repository, `app` or `downstream-slow-service`, under a name of its own. */
export type Launch = (
  name: string,
  program: string,
  environment: Readonly<Record<string, string>>,
  options: { readonly confinement?: Confinement | undefined; readonly signal: AbortSignal },
) => Promise<ServiceProcess>;

export function createLauncher(
  host: LocalHost,
  { guard, environment: base, workspace }: Foundation,
  { repositoryRoot, logFolder }: { readonly repositoryRoot: string; readonly logFolder: string },
): Launch {
  return (name, program, environment, { confinement, signal }) =>
    startService(host, {
      name,
      program: join(repositoryRoot, program, 'dist', 'main.js'),
      environment: { ...base, ...commonEnvironment(name), ...environment },
      folder: workspace.workFolder,
      logFolder,
      graceMs: killAfterMs,
      guard,
      confinement,
      signal,
    });
}

function commonEnvironment(replicaName: string): Record<string, string> {
  return {
    HOST: '127.0.0.1',
    CONTROL_HOST: '127.0.0.1',
    LOG_LEVEL: 'warn',
    REPLICA_NAME: replicaName,
    GRACE_PERIOD_MS: String(gracePeriodMs),
    // glibc hands freed chunks out again, so a leak would not show in the RSS from its third cycle on (mallopt(3)).
    MALLOC_MMAP_THRESHOLD_: '131072',
  };
}
