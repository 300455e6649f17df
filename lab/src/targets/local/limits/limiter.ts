import type { Limits } from '../../target.ts';
import { createCpuQuota } from './cpu-quota.ts';
import type { CpuQuota } from './cpu-quota.ts';
import { readingAt } from './limiter-messages.ts';
import type { LimiterMessage } from './limiter-messages.ts';
import { toQuotaUs } from './limit-values.ts';
import type { ProcessMeter } from './process-meter.ts';

/** How often CPU time is read; more often when a quota may be used up earlier. */
const cpuTickMs = 5;
const shortestTickMs = 1;
/** How often memory is read, and new threads are looked for. */
const memoryTickMs = 20;

export interface LimiterWorld {
  nowMs(): number;
  openMeter(pid: number): ProcessMeter | null;
  /** Throws ESRCH when the process has ended. */
  kill(pid: number, signal: NodeJS.Signals): void;
}

/** Enforces the limits of several programs. Whoever runs it calls `tick` as often as the last one has asked for. */
export interface Limiter {
  apply(message: LimiterMessage): void;
  /** Returns the time until the next one is due; null when there is nothing to watch. */
  tick(): number | null;
}

interface Watched {
  limits: Limits;
  readonly readings: Float64Array;
  readonly quota: CpuQuota;
  process: WatchedProcess | null;
}

interface WatchedProcess {
  readonly pid: number;
  readonly meter: ProcessMeter;
  cpuMs: number;
  isStopped: boolean;
  memoryDueMs: number;
}

export function createLimiter(world: LimiterWorld): Limiter {
  const all = new Map<number, Watched>();

  function adopt(watched: Watched, pid: number): void {
    release(watched);
    const meter = world.openMeter(pid);
    if (meter === null) return;
    // The first period begins with the process, and nothing is owed.
    watched.quota.setQuota(world.nowMs(), toQuotaMs(watched.limits));
    watched.process = { pid, meter, cpuMs: 0, isStopped: false, memoryDueMs: 0 };
  }

  function release(watched: Watched): void {
    const { process } = watched;
    if (process === null) return;
    setStopped(process, false);
    process.meter.close();
    watched.process = null;
    watched.readings[readingAt.memoryBytes] = 0;
  }

  function setLimits(watched: Watched, limits: Limits): void {
    watched.limits = limits;
    watched.quota.setQuota(world.nowMs(), toQuotaMs(limits));
    if (watched.process !== null) setStopped(watched.process, false);
  }

  function setStopped(process: WatchedProcess, isStopped: boolean): void {
    if (process.isStopped === isStopped) return;
    process.isStopped = isStopped;
    signal(process, isStopped ? 'SIGSTOP' : 'SIGCONT');
  }

  /** The held files tell that the process is still this one: its memory was or its threads were read just now. */
  function signal({ pid, meter }: WatchedProcess, name: NodeJS.Signals): void {
    if (meter.readRssBytes() === null) return;
    try {
      world.kill(pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  function watchCpu({ quota, readings }: Watched, process: WatchedProcess, nowMs: number): void {
    const cpuMs = process.meter.readCpuMs();
    const consumedMs = cpuMs - process.cpuMs;
    process.cpuMs = cpuMs;
    setStopped(process, quota.advance(nowMs, consumedMs));
    readings[readingAt.cpuSeconds] = (readings[readingAt.cpuSeconds] ?? 0) + consumedMs / 1_000;
    readings[readingAt.periods] = quota.periods;
    readings[readingAt.throttledPeriods] = quota.throttledPeriods;
    readings[readingAt.throttledSeconds] = quota.throttledMs / 1_000;
  }

  function watchMemory({ limits, readings }: Watched, process: WatchedProcess): void {
    process.meter.findThreads();
    const bytes = process.meter.readRssBytes() ?? 0;
    readings[readingAt.memoryBytes] = bytes;
    if (bytes <= (limits.memoryBytes ?? Infinity)) return;
    // Counted first: whoever sees the process end finds the reason already there.
    readings[readingAt.oomKills] = (readings[readingAt.oomKills] ?? 0) + 1;
    signal(process, 'SIGKILL');
    process.memoryDueMs = Infinity;
  }

  function watch(watched: Watched): number | null {
    const { process, quota } = watched;
    if (process === null) return null;
    const nowMs = world.nowMs();
    watchCpu(watched, process, nowMs);
    if (nowMs >= process.memoryDueMs) {
      process.memoryDueMs = nowMs + memoryTickMs;
      watchMemory(watched, process);
    }
    const nextMs = quota.nextMs(nowMs);
    if (nextMs === null) return memoryTickMs;
    return Math.min(process.isStopped ? memoryTickMs : cpuTickMs, Math.max(shortestTickMs, nextMs));
  }

  return {
    apply: (message) => {
      if (message.kind === 'open') {
        const quota = createCpuQuota(world.nowMs(), toQuotaMs(message.limits));
        const readings = new Float64Array(message.readings);
        all.set(message.id, { limits: message.limits, readings, quota, process: null });
        return;
      }
      const watched = all.get(message.id);
      if (watched === undefined) return;
      switch (message.kind) {
        case 'adopt':
          adopt(watched, message.pid);
          break;
        case 'release':
          release(watched);
          break;
        case 'limits':
          setLimits(watched, message.limits);
          break;
        case 'close':
          release(watched);
          all.delete(message.id);
          break;
      }
    },
    tick: () => {
      const delays = [...all.values()].map(watch).filter((delay) => delay !== null);
      return delays.length === 0 ? null : Math.min(...delays);
    },
  };
}

function toQuotaMs({ cpuCores }: Limits): number | null {
  return cpuCores === undefined ? null : toQuotaUs(cpuCores) / 1_000;
}
