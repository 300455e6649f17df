/** One service process and where to reach it. */
export interface Replica {
  readonly name: string;
  /** For example `http://127.0.0.1:41234`; `/metrics` is below it. */
  readonly url: string;
  readonly controlUrl: string;
}

/** What an arm wants to run; what is fixed for the lifetime of the processes. */
export interface SystemSpec {
  readonly replicas: number;
  /** Variables of the backend that differ from the lab's defaults, for example `DATABASE_POOL_SIZE`. */
  readonly backendEnvironment: Readonly<Record<string, string>>;
  readonly downstreamEnvironment: Readonly<Record<string, string>>;
  /** `spec`: 8000, 8001, 8100 and 8101, a taken one is an error. `auto`: free ports. */
  readonly ports: 'spec' | 'auto';
}

/** A running system: fresh processes and an empty database. `stop` ends all of it and is idempotent. */
export interface System {
  /** Where the load goes. */
  readonly url: string;
  readonly databaseUrl: string;
  readonly backends: readonly Replica[];
  readonly downstreams: readonly Replica[];
  /** CPU seconds of all processes of the system so far; null where the platform cannot say. */
  cpuSeconds(): Promise<number | null>;
  /** Rejects when a process of the system ends that nobody asked to end; says which, how, and its last log lines. */
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
  start(spec: SystemSpec, options: StartOptions): Promise<System>;
  close(): Promise<void>;
}
