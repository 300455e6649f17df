import type { ExecutorContext } from '../../src/k6/executor.ts';
import type { Vu } from '../../src/k6/vu.ts';
import type { HandRunClock } from './run-clock.ts';

/** What an executor did, by the clock's milliseconds. */
export interface ExecutorRecord {
  readonly context: ExecutorContext;
  readonly startsMs: number[];
  readonly vuIds: number[];
  readonly warnings: string[];
  /** Most iterations at one time. */
  mostActive: number;
  active: number;
  interrupted: number;
  dropped: number;
  /** VUs in the pool now. */
  free: number;
  made: number;
  readonly stop: AbortController;
}

export interface ExecutorSetup {
  readonly clock: HandRunClock;
  readonly vus: number;
  /** How long each iteration takes. */
  readonly iterationMs: number;
  /** How long it takes to make one VU more. */
  readonly makingMs?: number;
}

export function recordExecutor({ clock, vus, iterationMs, makingMs = 0 }: ExecutorSetup): ExecutorRecord {
  const pool = Array.from({ length: vus }, (_, index) => toVu(index + 1));
  const stop = new AbortController();
  const record: ExecutorRecord = {
    startsMs: [],
    vuIds: [],
    warnings: [],
    mostActive: 0,
    active: 0,
    interrupted: 0,
    dropped: 0,
    free: vus,
    made: 0,
    stop,
    context: {
      clock,
      signal: stop.signal,
      takeVu() {
        const vu = pool.shift() ?? null;
        record.free = pool.length;
        return vu;
      },
      releaseVu(vu) {
        pool.push(vu);
        record.free = pool.length;
      },
      async createVu() {
        await clock.pause(makingMs, stop.signal);
        record.made += 1;
        return toVu(vus + record.made);
      },
      async iterate(vu, signal) {
        record.startsMs.push(Math.round(clock.nowMs() * 1000) / 1000);
        record.vuIds.push(vu.id);
        record.active += 1;
        record.mostActive = Math.max(record.mostActive, record.active);
        await clock.pause(iterationMs, signal);
        record.active -= 1;
        if (!signal.aborted) return { outcome: 'returned', value: undefined };
        record.interrupted += 1;
        return { outcome: 'interrupted' };
      },
      drop(count) {
        record.dropped += count;
      },
      warn(message) {
        record.warnings.push(message);
      },
      setProgress() {},
    },
  };
  return record;
}

function toVu(id: number): Vu {
  return {
    id,
    exports: new Set(['default']),
    options: '{}',
    call: () => Promise.resolve({ outcome: 'returned', value: undefined }),
    close() {},
  };
}
