import type { Incident, Limits, Replica, Supervision } from '../target.ts';
import type { Confinement } from './limits/confinement.ts';
import type { LocalClock } from './clock.ts';
import { probeOverHttp } from './http-probe.ts';
import { readLogTail } from './log-tail.ts';
import { readyDeadlineMs, waitUntilReady } from './readiness.ts';
import type { ServiceProcess } from './service-process.ts';
import { createSupervisor } from './supervisor.ts';
import { TargetError } from './target-error.ts';
import { orAborted } from './waiting.ts';

/** One replica of the backend, whoever looks after it. */
export interface ManagedReplica {
  readonly address: Replica;
  /** Null while its process is not running. */
  readonly pid: number | null;
  readonly isReady: boolean;
  readonly restarts: number;
  readonly incidents: readonly Incident[];
  readonly confinement: Confinement | undefined;
  /** When it was made, on the machine's monotonic clock; restarts do not change it. */
  readonly startedMs: number;
  /** Rejects when it ends unasked and nobody starts it again. */
  readonly failed: Promise<never>;
  /** Calls back whenever `isReady` or `pid` may have changed. */
  onChange(listener: () => void): void;
  stop(): Promise<void>;
}

export interface ReplicaOptions {
  readonly name: string;
  /** Starts its process once; called again for each restart. */
  readonly launch: (signal: AbortSignal) => Promise<ServiceProcess>;
  readonly confinement: Confinement | undefined;
  /** Set once it is ready; it starts with `toStartLimits`. */
  readonly limits: Limits;
  readonly clock: LocalClock;
  readonly signal: AbortSignal;
}

/**
 * The limits of a replica that is not ready yet: no CPU quota, as with Kubernetes' in-place resize after a start-up
 * boost. With 0.1 core a Node service takes ten seconds to start, and none of the scenarios is about that.
 */
export function toStartLimits({ memoryBytes }: Limits): Limits {
  return memoryBytes === undefined ? {} : { memoryBytes };
}

/** Starts a replica that nobody starts again, and waits until it is ready. */
export async function startPlainReplica(options: ReplicaOptions): Promise<ManagedReplica> {
  const startedMs = options.clock.monotonicMs();
  const service = await options.launch(options.signal);
  const address = toAddress(options.name, service);
  try {
    await Promise.race([service.failed, waitUntilReady(address.url, service.logFile, options.signal)]);
    options.confinement?.setLimits(options.limits);
  } catch (error) {
    await service.stop();
    throw error;
  }
  let isReady = true;
  let listener = (): void => undefined;
  return {
    address,
    pid: service.pid,
    get isReady() {
      return isReady;
    },
    restarts: 0,
    incidents: [],
    confinement: options.confinement,
    startedMs,
    failed: service.failed,
    onChange: (added) => {
      listener = added;
    },
    stop: async () => {
      isReady = false;
      listener();
      await service.stop();
    },
  };
}

/** Starts a replica that is probed, and started again when it ends, and waits until it is ready for the first time. */
export async function startSupervisedReplica(
  options: ReplicaOptions & { readonly supervision: Supervision; readonly address: Replica },
): Promise<ManagedReplica> {
  const { confinement, clock, address } = options;
  let logFile: string | undefined;
  const supervisor = createSupervisor({
    name: options.name,
    supervision: options.supervision,
    clock,
    probe: probeOverHttp,
    wasOomKilled: () => confinement?.wasOomKilled() ?? false,
    start: async (signal) => {
      const service = await options.launch(signal);
      logFile = service.logFile;
      return { pid: service.pid, url: address.url, exited: service.exited, stop: service.stop };
    },
  });
  supervisor.onChange((change) => {
    if (change === 'ready') confinement?.setLimits(options.limits);
    if (change === 'ended') confinement?.setLimits(toStartLimits(options.limits));
  });
  try {
    await inTime(supervisor.firstReady, options, () => logFile);
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
  return {
    address,
    get pid() {
      return supervisor.pid;
    },
    get isReady() {
      return supervisor.ready;
    },
    get restarts() {
      return supervisor.restarts;
    },
    incidents: supervisor.incidents,
    confinement,
    startedMs: supervisor.startedMonotonicMs,
    failed: new Promise<never>(() => undefined),
    onChange: (listener) => supervisor.onChange(listener),
    stop: () => supervisor.stop(),
  };
}

/** A process that runs, or is started again and again, and never gets ready would be waited for without an end. */
async function inTime(
  ready: Promise<void>,
  { name, clock, signal }: ReplicaOptions,
  logFile: () => string | undefined,
): Promise<void> {
  const over = new AbortController();
  const late = clock.sleep(readyDeadlineMs, AbortSignal.any([signal, over.signal])).then(() => {
    const file = logFile();
    const tail = file === undefined ? '' : `:${readLogTail(file)}`;
    throw new TargetError(
      'service-failed',
      `${name} was not ready within ${readyDeadlineMs / 1000} s${tail}`,
    );
  });
  late.catch(() => undefined);
  try {
    await orAborted(Promise.race([ready, late]), signal);
  } finally {
    over.abort();
  }
}

function toAddress(name: string, { port, controlPort }: ServiceProcess): Replica {
  return { name, url: `http://127.0.0.1:${port}`, controlUrl: `http://127.0.0.1:${controlPort}` };
}
