import type { GeneratorLauncher } from '../core/generators.ts';
import type { Fault, FaultEdge, Incident, SystemSetup } from '../core/system.ts';

export type {
  AutoscalerPolicy,
  Balancing,
  Fault,
  FaultEdge,
  Incident,
  Limits,
  Probe,
  Supervision,
} from '../core/system.ts';

/** One service process and where to reach it. */
export interface Replica {
  readonly name: string;
  /** For example `http://127.0.0.1:41234`; `/metrics` is below it. */
  readonly url: string;
  readonly controlUrl: string;
  /** What its control API wants as a bearer token; absent where it listens on loopback alone. */
  readonly controlToken?: string;
}

/** What an arm wants to run; what is fixed for the lifetime of the processes. */
export interface SystemSpec extends Omit<
  SystemSetup,
  'poolSize' | 'downstreamDelayMs' | 'clientConnections'
> {
  readonly downstreamEnvironment: Readonly<Record<string, string>>;
  /** `spec`: 8000, 8001, 8100 and 8101, a taken one is an error. `auto`: free ports. */
  readonly ports: 'spec' | 'auto';
}

/** Readings of the target itself about a replica or the whole system, by name with labels, as a scrape gives them. */
export interface Observation {
  readonly replica: string;
  readonly metrics: Readonly<Record<string, number>>;
}

/** A running system: fresh processes and an empty database. `stop` ends all of it and is idempotent. */
export interface System {
  /** Where the load goes. */
  readonly url: string;
  /** As the services see it; from here it can be reached on the local target alone. */
  readonly databaseUrl: string;
  /** Those that run now; it changes with restarts and scaling. */
  readonly backends: readonly Replica[];
  readonly downstreams: readonly Replica[];
  /** CPU seconds of all processes of the system so far; null where the platform cannot say. */
  cpuSeconds(): Promise<number | null>;
  /**
   * What limits, supervisor and balancer know, in the spelling of cAdvisor and kube-state-metrics
   * (`container_cpu_cfs_throttled_periods_total`, `kube_pod_container_status_restarts_total`, …; docs/metrics.md).
   */
  observe(): Promise<readonly Observation[]>;
  /** Ends of processes since the start, in order. */
  readonly incidents: readonly Incident[];
  /** Disturbs an edge that the specification names, or leaves it alone again (null). */
  disturb(edge: FaultEdge, fault: Fault | null): Promise<void>;
  /** Brings the backend to so many replicas; resolves when the new ones are ready. Not with an autoscaler. */
  scale(replicas: number): Promise<void>;
  /**
   * Rejects when a process of the system ends that nobody asked to end, or a replica cannot be started; says which, how,
   * and its last log lines.
   */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

export interface TargetDescription {
  readonly name: string;
  readonly limits: 'cgroup-v1' | 'cgroup-v2' | 'emulated' | 'none';
  readonly postgresVersion: string | null;
}

export interface StartOptions {
  readonly signal: AbortSignal;
  /** Folder for the logs of this system's processes; created by the target. */
  readonly logFolder: string;
}

/** A place where systems run. What it starts, it ends: `close` ends everything that is left, PostgreSQL too. */
export interface Target {
  readonly name: string;
  describe(): Promise<TargetDescription>;
  /** Why this target cannot run such a system on this machine; null when it can. */
  unsupported(spec: SystemSpec): string | null;
  /**
   * How many times as long a disturbance has to last here, because adding replicas takes its own time;
   * `isScaledByHand`: the trigger adds them. 1 where nothing scales.
   */
  timeScale(spec: SystemSpec, isScaledByHand: boolean): number;
  start(spec: SystemSpec, options: StartOptions): Promise<System>;
  close(): Promise<void>;
}

/** A target with a guard process: however the lab ends, what the target has started ends. */
export interface GuardedTarget extends Target {
  /** Boots what all systems share, PostgreSQL above all. `start` does it too; this only makes it happen earlier. */
  prepare(signal: AbortSignal): Promise<void>;
  /**
   * For a process that the lab starts itself, in a process group of its own (the driver): call it in the tick in which
   * the process was made, and `forgetProcess` when it has ended.
   */
  registerProcess(pid: number): void;
  forgetProcess(pid: number): void;
  /** What the environment of such a process has to carry. */
  readonly markerEnvironment: Readonly<Record<string, string>>;
  /** Where programs that share the load can run beside the system; absent where there is no such place. */
  readonly generators?: GeneratorLauncher;
}
