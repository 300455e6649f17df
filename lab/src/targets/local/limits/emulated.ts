import type { Limits } from '../../target.ts';
import type { LocalHost } from '../local-host.ts';
import type { Confinement, Confiner, LimitReadings } from './confinement.ts';
import { assertLimits } from './limit-values.ts';
import { readingAt, readingCount } from './limiter-messages.ts';
import { startLimiterThread } from './limiter-thread.ts';
import type { LimiterThread } from './limiter-thread.ts';
import { openProcessMeter } from './process-meter.ts';

/** False where the CPU time of threads cannot be read exactly enough: then limits cannot be had at all. */
export function canEmulate(host: LocalHost): boolean {
  const meter = openProcessMeter(host.pid);
  meter?.close();
  return meter !== null;
}

/**
 * Limits without the kernel's help, for any user of Linux: a thread of the lab reads CPU time and memory of the
 * program's process. Once the CPU quota of a period is used up the process is stopped until the period's end, never
 * before; above the memory limit it is killed. Children of the program are not watched.
 */
export function createEmulatedConfiner(host: LocalHost): Confiner {
  let thread: LimiterThread | undefined;
  let lastId = 0;
  const open = new Set<number>();
  /** What may be stopped now, by confinement. */
  const running = new Map<number, number>();

  const openThread = (): LimiterThread => (thread ??= startLimiterThread(continueAll));

  function continueAll(): void {
    for (const pid of running.values()) continueProcess(host, pid);
  }

  async function close(id: number): Promise<void> {
    const answered = (await thread?.close(id)) ?? true;
    const pid = running.get(id);
    running.delete(id);
    open.delete(id);
    if (open.size === 0) {
      const ending = thread;
      thread = undefined;
      await ending?.end();
    }
    if (!answered && pid !== undefined) continueProcess(host, pid);
  }

  function create(limits: Limits): Confinement {
    assertLimits(limits);
    const limiter = openThread();
    const id = (lastId += 1);
    open.add(id);
    const shared = new SharedArrayBuffer(readingCount * Float64Array.BYTES_PER_ELEMENT);
    const readings = new Float64Array(shared);
    limiter.send({ kind: 'open', id, limits, readings: shared });
    let oomKillsBefore = 0;
    let closing: Promise<void> | undefined;
    const oomKills = (): number => readings[readingAt.oomKills] ?? 0;

    return {
      kind: 'emulated',
      wrap: (command, args) => ({ command, args }),
      adopt: (pid) => {
        oomKillsBefore = oomKills();
        running.set(id, pid);
        limiter.send({ kind: 'adopt', id, pid });
      },
      release: () => {
        running.delete(id);
        limiter.send({ kind: 'release', id });
      },
      read: () => {
        if (limiter.failure !== null) throw new Error(`the limiter thread ended: ${limiter.failure}`);
        return toReadings(readings);
      },
      wasOomKilled: () => oomKills() > oomKillsBefore,
      setLimits: (newLimits) => {
        assertLimits(newLimits);
        limiter.send({ kind: 'limits', id, limits: newLimits });
      },
      close: () => (closing ??= close(id)),
    };
  }

  return { kind: 'emulated', create: (_name, limits) => create(limits) };
}

function toReadings(readings: Float64Array): LimitReadings {
  const at = (index: number): number => readings[index] ?? 0;
  return {
    cpuSeconds: at(readingAt.cpuSeconds),
    periods: at(readingAt.periods),
    throttledPeriods: at(readingAt.throttledPeriods),
    throttledSeconds: at(readingAt.throttledSeconds),
    memoryBytes: at(readingAt.memoryBytes),
    oomKills: at(readingAt.oomKills),
  };
}

function continueProcess(host: LocalHost, pid: number): void {
  try {
    host.kill(pid, 'SIGCONT');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
