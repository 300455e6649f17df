import type { Limits } from '../../target.ts';
import { minCpuCores, periodMs } from './confinement.ts';

/** Throws a RangeError that names the limit, what is allowed and what came. */
export function assertLimits({ cpuCores, memoryBytes }: Limits): void {
  if (cpuCores !== undefined && !(cpuCores >= minCpuCores && Number.isFinite(cpuCores))) {
    throw new RangeError(`cpuCores must be at least ${minCpuCores}, not ${cpuCores}`);
  }
  if (memoryBytes !== undefined && !(memoryBytes > 0 && Number.isSafeInteger(memoryBytes))) {
    throw new RangeError(`memoryBytes must be a whole number above 0, not ${memoryBytes}`);
  }
}

/** CPU time per period, in microseconds. */
export function toQuotaUs(cpuCores: number): number {
  return Math.round(cpuCores * periodMs * 1_000);
}
