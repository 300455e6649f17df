import type { GuardedTarget, StartOptions, System, SystemSpec, TargetDescription } from '../target.ts';
import { startFoundation } from './foundation.ts';
import type { Foundation, FoundationOptions } from './foundation.ts';
import { startGuard, toMarkerEnvironment } from './guard.ts';
import type { Guard } from './guard.ts';
import type { Confiner } from './limits/confinement.ts';
import { detectConfiner } from './limits/detect.ts';
import type { LocalHost } from './local-host.ts';
import { startSystem } from './local-system.ts';
import { readPostgresVersion } from './postgres-binaries.ts';
import { createStopStack } from './stop-stack.ts';
import { TargetError } from './target-error.ts';

/**
 * Runs systems as processes of this machine. PostgreSQL boots once, on the first start; every system gets fresh
 * processes and a database of its own. However the lab ends, its guard process ends the rest.
 * `start` throws a `TargetError`, or the signal's reason.
 */
export function createLocalTarget(host: LocalHost, options: FoundationOptions): GuardedTarget {
  const systems = new Set<System>();
  const starts = new Set<Promise<System>>();
  let guard: Guard | undefined;
  let foundation: Promise<Foundation> | undefined;
  let closing: Promise<void> | undefined;
  let startedCount = 0;
  let confiner: readonly [Confiner | null] | undefined;

  const openGuard = (): Guard => (guard ??= startGuard(host, options));

  const openConfiner = (): Confiner | null =>
    (confiner ??= [
      detectConfiner(host, { runId: options.runId, guard: openGuard(), force: options.limits }),
    ])[0] ?? null;

  function unsupported(spec: SystemSpec): string | null {
    const isMany = spec.replicas > 1 || spec.autoscaler !== undefined;
    if (isMany && spec.balancing === undefined)
      return `${spec.replicas} replicas or an autoscaler need a balancer in front of them`;
    if (spec.ports === 'spec' && spec.balancing !== undefined)
      return 'the ports of the specification are those of one replica without a balancer';
    if (spec.limits === undefined || openConfiner() !== null) return null;
    return 'this machine can neither limit a process nor meter it (no writable cgroups, no /proc)';
  }

  async function open(signal: AbortSignal): Promise<Foundation> {
    if (closing !== undefined) throw new TargetError('not-supported', 'this target has been closed');
    const opening = (foundation ??= startFoundation(host, openGuard(), options, signal));
    try {
      return await opening;
    } catch (error) {
      if (foundation === opening) foundation = undefined;
      throw error;
    }
  }

  async function start(spec: SystemSpec, startOptions: StartOptions): Promise<System> {
    const obstacle = unsupported(spec);
    if (obstacle !== null) throw new TargetError('not-supported', obstacle);
    const base = await open(startOptions.signal);
    startedCount += 1;
    const databaseName = toDatabaseName(options.runId, startedCount);
    const { repositoryRoot } = options;
    const system = await startSystem(host, base, {
      spec,
      databaseName,
      repositoryRoot,
      confiner: openConfiner(),
      ...startOptions,
    });
    const stop = async (): Promise<void> => {
      await system.stop();
      systems.delete(stoppable);
    };
    const stoppable = Object.create(system, { stop: { value: stop, enumerable: true } }) as System;
    systems.add(stoppable);
    return stoppable;
  }

  async function close(): Promise<void> {
    await Promise.allSettled(starts);
    const opened = await foundation?.catch(() => undefined);
    await endAll(guard, [...(opened === undefined ? [] : [() => opened.close()]), ...toStops(systems)]);
  }

  return {
    name: 'local',
    markerEnvironment: toMarkerEnvironment(options.runId),
    registerProcess: (pid) => openGuard().registerProcess(pid),
    forgetProcess: (pid) => guard?.forgetProcess(pid),
    describe: () => describe(host, options, foundation, openConfiner()),
    unsupported,
    timeScale: () => 1,
    prepare: async (signal) => void (await open(signal)),
    start: (spec, startOptions) => {
      const starting = start(spec, startOptions);
      starts.add(starting);
      return starting.finally(() => starts.delete(starting));
    },
    close: () => (closing ??= close()),
  };
}

function toStops(systems: ReadonlySet<System>): readonly (() => Promise<void>)[] {
  return [...systems].map((system) => () => system.stop());
}

/** What cannot be stopped in the ordinary way is left to the guard. */
async function endAll(guard: Guard | undefined, steps: readonly (() => Promise<void>)[]): Promise<void> {
  const stops = createStopStack();
  for (const step of steps) stops.add(step);
  try {
    await stops.stopAll();
  } catch (error) {
    await guard?.endAll();
    throw error;
  }
  await guard?.release();
}

function toDatabaseName(runId: string, number: number): string {
  return `lab_${runId.toLowerCase().replaceAll(/[^a-z0-9]/g, '_')}_${number}`;
}

async function describe(
  host: LocalHost,
  options: FoundationOptions,
  foundation: Promise<Foundation> | undefined,
  confiner: Confiner | null,
): Promise<TargetDescription> {
  const common = { name: 'local', limits: confiner?.kind ?? 'none' } as const;
  if (foundation !== undefined) return { ...common, postgresVersion: (await foundation).database.version };
  if (options.databaseUrl !== undefined) return { ...common, postgresVersion: null };
  const postgresVersion = await readPostgresVersion(
    host,
    options.postgresBinFolder,
    AbortSignal.timeout(10_000),
  );
  return { ...common, postgresVersion };
}
