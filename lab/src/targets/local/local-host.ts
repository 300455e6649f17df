/**
 * What the local target needs to know and do of the process that runs it. Handed down from `main.ts` and the entries,
 * which alone touch `process`.
 */
export interface LocalHost {
  readonly platform: NodeJS.Platform;
  /** As `process.arch`, for example `x64`. */
  readonly architecture: string;
  /** The Node program that also runs the services, the driver and the guard. */
  readonly execPath: string;
  readonly pid: number;
  /** Numeric user id; null where the platform has none (Windows). 0 is root. */
  readonly userId: number | null;
  /** Parent of the private folders and of the lock, as `os.tmpdir()`. */
  readonly temporaryFolder: string;
  /** The machine's monotonic clock in ms, shared by all its processes. */
  monotonicMs(): number;
  /** Sends a signal; a negative pid names a process group. Throws ESRCH or EPERM as `process.kill`. */
  kill(pid: number, signal: NodeJS.Signals): void;
}

/** The host of the running program: `toLocalHost(process, tmpdir())`. */
export function toLocalHost(process: NodeJS.Process, temporaryFolder: string): LocalHost {
  return {
    platform: process.platform,
    architecture: process.arch,
    execPath: process.execPath,
    pid: process.pid,
    userId: process.getuid?.() ?? null,
    temporaryFolder,
    monotonicMs: () => Number(process.hrtime.bigint()) / 1e6,
    kill: (pid, signal) => {
      process.kill(pid, signal);
    },
  };
}
