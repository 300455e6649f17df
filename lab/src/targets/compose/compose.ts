import type { GuardedTarget, SystemSpec, TargetDescription } from '../target.ts';
import { startGuard, toMarkerEnvironment, type Guard } from '../local/guard.ts';
import type { LocalHost } from '../local/local-host.ts';
import { createLifecycle } from '../container/lifecycle.ts';
import { startComposeSystem } from './compose-system.ts';
import { startComposeFoundation } from './foundation.ts';
import type { ComposeFoundation, ComposeOptions } from './foundation.ts';

/** Replicas start one after the other where the machine is small, and the front looks for them once a second. */
const scalingTakesTimes = 2;

/**
 * Runs systems as containers of the Docker Engine on this machine, made from docker-compose.yml in a Compose project of
 * the run's own. PostgreSQL and Redis start once; every system gets fresh containers and a database of its own.
 */
export function createComposeTarget(host: LocalHost, options: ComposeOptions): GuardedTarget {
  let guard: Guard | undefined;
  const openedGuard = (): Guard => (guard ??= startGuard(host, options));
  let foundation: ComposeFoundation | undefined;
  const lifecycle = createLifecycle<ComposeFoundation>({
    open: async (signal) => (foundation = await startComposeFoundation(host, openedGuard(), options, signal)),
    start: (base, number, { spec, ...start }) =>
      startComposeSystem(base, {
        ...start,
        spec,
        databaseName: `lab_${number}`,
        repositoryRoot: options.repositoryRoot,
      }),
    unsupported,
    guard: () => guard,
  });
  return {
    name: 'compose',
    markerEnvironment: toMarkerEnvironment(options.runId),
    registerProcess: (pid) => openedGuard().registerProcess(pid),
    forgetProcess: (pid) => guard?.forgetProcess(pid),
    describe: (): Promise<TargetDescription> =>
      Promise.resolve({
        name: 'compose',
        limits: foundation?.cgroupVersion ?? 'none',
        postgresVersion: foundation?.databases.version ?? null,
      }),
    unsupported,
    timeScale: (_spec, isScaledByHand) => (isScaledByHand ? scalingTakesTimes : 1),
    prepare: async (signal) => void (await lifecycle.prepare(signal)),
    start: (spec, start) => lifecycle.start(spec, start),
    close: () => lifecycle.close(),
  };
}

function unsupported({ replicas, balancing, autoscaler, supervision, ports }: SystemSpec): string | null {
  if (autoscaler !== undefined) return 'Docker Compose has no autoscaler';
  if (replicas > 1 && balancing === undefined) return 'several replicas need a balancer in front of them';
  if (balancing?.level === 'request') return 'the front of Compose balances connections, not requests';
  if (supervision?.liveness ?? supervision?.readiness ?? supervision?.startup)
    return 'Docker starts again what has ended, and neither ends nor hides what fails a probe';
  if (ports === 'spec') return 'a run has ports of its own: docker compose up has those of the specification';
  return null;
}
