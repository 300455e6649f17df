import type { Limits } from '../../target.ts';

/** `emulated`: measured and enforced by the lab itself, not by the kernel. */
export type LimitKind = 'cgroup-v1' | 'cgroup-v2' | 'emulated';

/** Counters since the confinement was created, over all restarts of its program; null where the meter is missing. */
export interface LimitReadings {
  readonly cpuSeconds: number | null;
  /** Periods of 100 ms in which the program ran and had a CPU quota. */
  readonly periods: number | null;
  /** Those of them in which it used up its quota. */
  readonly throttledPeriods: number | null;
  /** cgroups: summed over the CPUs on which it had to wait. */
  readonly throttledSeconds: number | null;
  /**
   * By the limit's own meter. cgroups: usage without the file cache that is not in use, as cAdvisor computes the
   * working set; emulated: RSS, which counts the pages of the program file too (Node: about 40 MB more).
   */
  readonly memoryBytes: number | null;
  readonly oomKills: number | null;
}

/** The limits of one program at a time, and their meters. */
export interface Confinement {
  readonly kind: LimitKind;
  /** The command to spawn instead, so that the program starts inside. Pid, standard streams and IPC channel are kept. */
  wrap(
    command: string,
    args: readonly string[],
  ): { readonly command: string; readonly args: readonly string[] };
  /** Called in the tick in which the process was made, after each restart too. */
  adopt(pid: number): void;
  /** Called when it has ended. */
  release(): void;
  read(): LimitReadings;
  /** True when the memory limit has killed a process since the last `adopt`. */
  wasOomKilled(): boolean;
  /**
   * Also while the program runs. What is absent is without a limit. Throws a `TargetError` where the kernel refuses:
   * cgroup v1 does when the memory is already above its new limit.
   */
  setLimits(limits: Limits): void;
  /** Removes the group and kills what is left in it first. Idempotent. Never touches a group that it did not make. */
  close(): Promise<void>;
}

export interface Confiner {
  readonly kind: LimitKind;
  /** `name` is for people; two confinements may have the same. Throws a `TargetError` as `setLimits`. */
  create(name: string, limits: Limits): Confinement;
}

/** Kubernetes' period of the CPU quota (`cpuCFSQuotaPeriod`). */
export const periodMs = 100;

/** The kernel's smallest quota is 1 ms per period. */
export const minCpuCores = 0.01;
