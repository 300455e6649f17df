import { periodMs } from './confinement.ts';

/** Counts a program's CPU time against its quota, as the kernel's bandwidth control does. Times in milliseconds. */
export interface CpuQuota {
  /** `consumedMs` since the last call. Returns true while the program has to stand still. */
  advance(nowMs: number, consumedMs: number): boolean;
  /** As in the kernel, the new quota is there at once and the debt is forgotten. Null: without a limit. */
  setQuota(nowMs: number, quotaMs: number | null): void;
  /** When `advance` should be called next, at the latest; null without a limit. */
  nextMs(nowMs: number): number | null;
  readonly periods: number;
  readonly throttledPeriods: number;
  readonly throttledMs: number;
}

/**
 * What the program uses beyond its quota, because it was seen late, is taken from the following periods; what it
 * leaves is lost. A period counts when the program ran or stood still in it.
 */
export function createCpuQuota(nowMs: number, initialQuotaMs: number | null): CpuQuota {
  let quotaMs = initialQuotaMs;
  let leftMs = initialQuotaMs ?? 0;
  let periodEndMs = nowMs + periodMs;
  let hasRun = false;
  let stoppedAtMs: number | null = null;
  let wasStopped = false;
  let periods = 0;
  let throttledPeriods = 0;
  let throttledMs = 0;

  function continueAt(nowMs: number): void {
    if (stoppedAtMs !== null) throttledMs += nowMs - stoppedAtMs;
    stoppedAtMs = null;
  }

  function endPeriods(nowMs: number, quotaMs: number): void {
    const ended = Math.floor((nowMs - periodEndMs) / periodMs) + 1;
    if (hasRun || wasStopped) periods += ended;
    if (wasStopped) throttledPeriods += ended;
    periodEndMs += ended * periodMs;
    leftMs = Math.min(quotaMs, leftMs + ended * quotaMs);
    if (leftMs > 0) continueAt(nowMs);
    hasRun = false;
    wasStopped = stoppedAtMs !== null;
  }

  return {
    advance: (nowMs, consumedMs) => {
      if (quotaMs === null) return false;
      leftMs -= consumedMs;
      hasRun ||= consumedMs > 0;
      if (nowMs >= periodEndMs) endPeriods(nowMs, quotaMs);
      if (leftMs <= 0 && stoppedAtMs === null) {
        stoppedAtMs = nowMs;
        wasStopped = true;
      }
      return stoppedAtMs !== null;
    },
    setQuota: (nowMs, newQuotaMs) => {
      continueAt(nowMs);
      quotaMs = newQuotaMs;
      leftMs = newQuotaMs ?? 0;
      periodEndMs = nowMs + periodMs;
      hasRun = false;
      wasStopped = false;
    },
    nextMs: (nowMs) => {
      if (quotaMs === null) return null;
      const untilEndMs = periodEndMs - nowMs;
      return stoppedAtMs === null ? Math.min(untilEndMs, leftMs) : untilEndMs;
    },
    get periods() {
      return periods;
    },
    get throttledPeriods() {
      return throttledPeriods;
    },
    get throttledMs() {
      return throttledMs;
    },
  };
}
