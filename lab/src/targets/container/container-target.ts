import type { GeneratorLauncher } from '../../core/generators.ts';
import type {
  GuardedTarget,
  StartOptions,
  System,
  SystemSpec,
  Target,
  TargetDescription,
} from '../target.ts';
import { startGuard, toMarkerEnvironment, type Guard } from '../local/guard.ts';
import type { LocalHost } from '../local/local-host.ts';
import type { ContainerDatabases } from './database.ts';
import { createLifecycle } from './lifecycle.ts';

/** What all systems of a run share. */
export interface ContainerFoundation {
  readonly cgroupVersion: 'cgroup-v1' | 'cgroup-v2';
  readonly databases: ContainerDatabases;
  close(): Promise<void>;
}

export interface ContainerSystemOptions extends StartOptions {
  readonly spec: SystemSpec;
  readonly databaseName: string;
  readonly repositoryRoot: string;
}

/** What tells an engine from a cluster. */
export interface ContainerTargetParts<Foundation extends ContainerFoundation> {
  readonly name: string;
  readonly open: (guard: Guard, signal: AbortSignal) => Promise<Foundation>;
  readonly start: (foundation: Foundation, options: ContainerSystemOptions) => Promise<System>;
  /** `foundation` is missing until it was opened. */
  readonly findObstacle: (spec: SystemSpec, foundation: Foundation | undefined) => string | null;
  readonly timeScale: Target['timeScale'];
  readonly createGenerators?: (prepare: (signal: AbortSignal) => Promise<Foundation>) => GeneratorLauncher;
}

/** A target whose systems are containers, with its guard: one foundation for the run, one system after the other. */
export function createContainerTarget<Foundation extends ContainerFoundation>(
  host: LocalHost,
  { runId, repositoryRoot }: { readonly runId: string; readonly repositoryRoot: string },
  parts: ContainerTargetParts<Foundation>,
): GuardedTarget {
  const { name, timeScale } = parts;
  let guard: Guard | undefined;
  const openedGuard = (): Guard => (guard ??= startGuard(host, { runId, repositoryRoot }));
  let foundation: Foundation | undefined;
  const unsupported = (spec: SystemSpec): string | null => parts.findObstacle(spec, foundation);
  const lifecycle = createLifecycle<Foundation>({
    open: async (signal) => (foundation = await parts.open(openedGuard(), signal)),
    start: (base, number, options) =>
      parts.start(base, { ...options, databaseName: `lab_${number}`, repositoryRoot }),
    unsupported,
    guard: () => guard,
  });
  const generators = parts.createGenerators?.(lifecycle.prepare);
  return {
    name,
    markerEnvironment: toMarkerEnvironment(runId),
    registerProcess: (pid) => openedGuard().registerProcess(pid),
    forgetProcess: (pid) => guard?.forgetProcess(pid),
    ...(generators !== undefined && { generators }),
    describe: (): Promise<TargetDescription> =>
      Promise.resolve({
        name,
        limits: foundation?.cgroupVersion ?? 'none',
        postgresVersion: foundation?.databases.version ?? null,
      }),
    unsupported,
    timeScale,
    prepare: async (signal) => void (await lifecycle.prepare(signal)),
    start: (spec, options) => lifecycle.start(spec, options),
    close: () => lifecycle.close(),
  };
}
