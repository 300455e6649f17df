import { mkdirSync } from 'node:fs';
import type { FaultEdge, System } from '../target.ts';
import { createStopStack, type StopStack } from '../local/stop-stack.ts';
import { TargetError } from '../local/target-error.ts';
import type { ContainerSystemOptions } from './container-target.ts';
import type { ContainerProxy } from './fault-proxy.ts';
import { createRoster, type Roster, type RosterOptions } from './roster.ts';

/** What the start of a system has in its hands. */
export interface SystemStart extends ContainerSystemOptions {
  readonly roster: Roster;
  readonly stops: StopStack;
  /** Ends what waits for something; `signal` tells it. */
  readonly end: () => void;
}

export type Proxies = Partial<Record<FaultEdge, ContainerProxy>>;

/** Runs the start of a system with a roster of its containers; what was begun is undone when it fails. */
export async function startContainerSystem(
  options: ContainerSystemOptions,
  ofRoster: Pick<RosterOptions, 'monotonicMs' | 'bootId' | 'openMeter' | 'readLogTail'>,
  start: (parts: SystemStart) => Promise<System>,
): Promise<System> {
  const { spec, logFolder } = options;
  const stops = createStopStack();
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  mkdirSync(logFolder, { recursive: true });
  const roster = createRoster({
    ...ofRoster,
    isSupervised: spec.supervision !== undefined,
    memoryLimitBytes: spec.limits?.memoryBytes,
  });
  const end = (): void => ending.abort(new Error('the system is being stopped'));
  try {
    return await start({ ...options, signal, roster, stops, end });
  } catch (error) {
    await stops.stopAll();
    throw error;
  }
}

/** Rejects with whatever ends the system first: a container, a proxy, or what follows the containers. */
export function whenFailed(
  { roster }: SystemStart,
  proxies: Proxies,
  followed: { readonly ended: Promise<string>; readonly what: string },
): Promise<never> {
  const failed = Promise.race([
    roster.failed,
    ...Object.values(proxies).map((proxy) => proxy.failed),
    followed.ended.then((how): never => {
      throw new TargetError('command-failed', `${followed.what} ended (${how})`);
    }),
  ]);
  failed.catch(() => undefined);
  return failed;
}

export interface RunningSystem extends Pick<System, 'url' | 'databaseUrl' | 'failed'> {
  readonly proxies: Proxies;
  readonly desiredReplicas: () => number | null;
  /** Why it cannot be scaled by hand; null when it can. */
  readonly scalingObstacle: string | null;
  readonly scale: (replicas: number) => Promise<void>;
}

export function toSystem({ roster, stops }: SystemStart, running: RunningSystem): System {
  const { url, databaseUrl, failed, proxies, scalingObstacle } = running;
  return {
    url,
    databaseUrl,
    get backends() {
      return roster.backends;
    },
    get downstreams() {
      return roster.downstreams;
    },
    cpuSeconds: () => roster.cpuSeconds(),
    observe: () => roster.observe(running.desiredReplicas()),
    get incidents() {
      return roster.incidents;
    },
    disturb: async (edge, fault) => {
      const proxy = proxies[edge];
      if (proxy === undefined)
        throw new TargetError('not-supported', `the edge ${edge} of this system has no fault proxy`);
      await proxy.set(fault);
    },
    scale: async (replicas) => {
      if (scalingObstacle !== null) throw new TargetError('not-supported', scalingObstacle);
      await running.scale(replicas).catch((error: unknown) => {
        roster.fail(error as Error);
        throw error;
      });
    },
    failed,
    stop: () => stops.stopAll(),
  };
}
