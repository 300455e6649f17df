import type { Replica, SystemSpec } from '../target.ts';
import type { LocalClock } from './clock.ts';
import type { Confiner, Confinement } from './limits/confinement.ts';
import { findFreePort } from './ports.ts';
import { createReplicaSet, type ReplicaSet } from './replica-set.ts';
import { type ManagedReplica, startPlainReplica, startSupervisedReplica, toStartLimits } from './replica.ts';
import type { Launch } from './service-launcher.ts';
import type { ServiceProcess } from './service-process.ts';
import { TargetError } from './target-error.ts';

export interface BackendOptions {
  readonly spec: SystemSpec;
  /** What every replica is told beside its ports. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of the only replica of a system on the ports of the specification; null: free ones. */
  readonly ports: { readonly port: number; readonly controlPort: number } | null;
  readonly launch: Launch;
  /** Null where this machine cannot limit anything. */
  readonly confiner: Confiner | null;
  readonly clock: LocalClock;
  readonly signal: AbortSignal;
}

/** The replicas of the backend; `scale` starts the first ones. */
export function createBackend(options: BackendOptions): ReplicaSet {
  return createReplicaSet(options.clock, (name, ending) =>
    startReplica({ ...options, signal: AbortSignal.any([options.signal, ending]) }, name),
  );
}

async function startReplica(options: BackendOptions, name: string): Promise<ManagedReplica> {
  const { spec, clock, signal } = options;
  const confinement = confine(options, name);
  try {
    const ports = options.ports ?? (await choosePorts(spec));
    const launch = (ending: AbortSignal): Promise<ServiceProcess> => {
      const environment = {
        ...toLimitVariables(options),
        ...options.environment,
        PORT: `${ports.port}`,
        CONTROL_PORT: `${ports.controlPort}`,
      };
      return options.launch(name, 'app', environment, { confinement, signal: ending });
    };
    const common = { name, launch, confinement, limits: spec.limits ?? {}, clock, signal };
    const replica =
      spec.supervision === undefined
        ? await startPlainReplica(common)
        : await startSupervisedReplica({
            ...common,
            supervision: spec.supervision,
            address: toAddress(name, ports),
          });
    return withoutConfinementAtEnd(replica);
  } catch (error) {
    await confinement?.close();
    throw error;
  }
}

/** One that is started again has to come back where it was; any other may take what is free at that moment. */
async function choosePorts({ supervision }: SystemSpec): Promise<NonNullable<BackendOptions['ports']>> {
  if (supervision === undefined) return { port: 0, controlPort: 0 };
  return { port: await findFreePort(), controlPort: await findFreePort() };
}

function toAddress(name: string, { port, controlPort }: NonNullable<BackendOptions['ports']>): Replica {
  return { name, url: `http://127.0.0.1:${port}`, controlUrl: `http://127.0.0.1:${controlPort}` };
}

/** A limit that is not the kernel's own can be known to the service by its variable only. */
function toLimitVariables({ spec, confiner }: BackendOptions): Record<string, string> {
  const memoryBytes = spec.limits?.memoryBytes;
  if (confiner?.kind !== 'emulated' || memoryBytes === undefined) return {};
  return { MEMORY_LIMIT_BYTES: String(memoryBytes) };
}

function confine({ spec, confiner }: BackendOptions, name: string): Confinement | undefined {
  if (spec.limits === undefined) return undefined;
  if (confiner === null) throw new TargetError('not-supported', 'limits cannot be set on this machine');
  return confiner.create(name, toStartLimits(spec.limits));
}

function withoutConfinementAtEnd(replica: ManagedReplica): ManagedReplica {
  const stop = async (): Promise<void> => {
    try {
      await replica.stop();
    } finally {
      await replica.confinement?.close();
    }
  };
  return Object.create(replica, { stop: { value: stop } }) as ManagedReplica;
}
