/** What only the process itself knows; `main.ts` hands it in. */
export interface ProcessReadings {
  residentBytes(): number;
  heapUsedBytes(): number;
  /** Where V8 gives up: `--max-old-space-size` when it is set. */
  heapLimitBytes(): number;
  /** The memory that this process may use: MEMORY_LIMIT_BYTES, else its cgroup's limit, else that of the machine. */
  memoryLimitBytes(): number;
  /** User and system time since the start. */
  cpuSeconds(): number;
  uptimeSeconds(): number;
  /** When it was started, in seconds since 1970. */
  startEpochSeconds(): number;
  /** Runs a full garbage collection now; blocks the event loop meanwhile. */
  collectGarbage(): void;
}
