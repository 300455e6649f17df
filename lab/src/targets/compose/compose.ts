import type { GuardedTarget, SystemSpec } from '../target.ts';
import { createContainerTarget } from '../container/container-target.ts';
import type { LocalHost } from '../local/local-host.ts';
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
  return createContainerTarget<ComposeFoundation>(host, options, {
    name: 'compose',
    open: (guard, signal) => startComposeFoundation(host, guard, options, signal),
    start: startComposeSystem,
    findObstacle,
    timeScale: (_spec, isScaledByHand) => (isScaledByHand ? scalingTakesTimes : 1),
  });
}

function findObstacle({ replicas, balancing, autoscaler, supervision, ports }: SystemSpec): string | null {
  if (autoscaler !== undefined) return 'Docker Compose has no autoscaler';
  if (replicas > 1 && balancing === undefined) return 'several replicas need a balancer in front of them';
  if (balancing?.level === 'request') return 'the front of Compose balances connections, not requests';
  if (supervision?.liveness ?? supervision?.readiness ?? supervision?.startup)
    return 'Docker starts again what has ended, and neither ends nor hides what fails a probe';
  if (ports === 'spec') return 'a run has ports of its own: docker compose up has those of the specification';
  return null;
}
