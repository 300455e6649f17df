import { Type } from 'typebox';
import { Problem } from '../errors.ts';
import { defineProtection } from './protection.ts';

/** Reading RSS is a system call; at most so often, at any request rate. */
const SAMPLE_MS = 100;
/** A collection blocks the event loop: seldom, and seldomer each time that it did not help. */
const FIRST_COLLECT_PAUSE_MS = 5000;
const LONGEST_COLLECT_PAUSE_MS = 60_000;
/** Who gives memory back must get in. */
const RELIEF_ROUTE = '/api/clear-memory';

/**
 * Turns new requests away while the process uses maxRatio of the memory that it may have: a 503 for some is better
 * than the end of all requests in flight by the kernel (137) or by V8 (134). It slows a leak down and does not mend
 * it: when what is in use only grows, all are turned away in the end.
 *
 * Garbage outside of the heap is no pressure: before RSS turns anybody away, and every 5 to 60 s while it does, it has
 * garbage collected; without work V8 would not collect, and the guard would never open again. A full heap V8 collects
 * by itself, and from 80 % on four collections that take long and gain little end the process: hence the default below
 * 0.8, and no collection of ours there.
 * Sources: Envoy documentation, "Overload manager", resource monitor fixed_heap and action stop_accepting_requests;
 * V8, heap.cc, `IsIneffectiveMarkCompact`; Node.js documentation, `process.constrainedMemory`.
 */
export const memoryGuard = defineProtection({
  name: 'memory-guard',
  edge: 'request',
  layer: 'admission',
  summary:
    'Rejects new requests while RSS is at maxRatio of the memory limit, or the heap at maxRatio of its own.',
  settings: Type.Object({
    maxRatio: Type.Number({ minimum: 0.05, maximum: 1, default: 0.75 }),
    watches: Type.Union([Type.Literal('both'), Type.Literal('rss'), Type.Literal('heap')], {
      default: 'both',
    }),
  }),
  events: ['rejected', 'collected'],
  gauges: [
    { name: 'lab_memory_used_ratio', help: 'Share of the memory limit in use; 0 while memory-guard is off.' },
  ],
  create({ maxRatio, watches }, { clock, readings, emit }) {
    const readRss = (): number => readings.residentBytes() / readings.memoryLimitBytes();
    const readHeap = (): number => readings.heapUsedBytes() / readings.heapLimitBytes();
    const read = (): number =>
      Math.max(watches === 'heap' ? 0 : readRss(), watches === 'rss' ? 0 : readHeap());
    let usedRatio = 0;
    let sampleAgainMs = -Infinity;
    let collectAgainMs = -Infinity;
    let collectPauseMs = FIRST_COLLECT_PAUSE_MS;
    const collect = (nowMs: number): void => {
      collectAgainMs = nowMs + collectPauseMs;
      collectPauseMs = Math.min(collectPauseMs * 2, LONGEST_COLLECT_PAUSE_MS);
      emit('collected');
      readings.collectGarbage();
    };
    const sample = (): number => {
      const nowMs = clock.nowMs();
      if (nowMs < sampleAgainMs) return usedRatio;
      sampleAgainMs = nowMs + SAMPLE_MS;
      usedRatio = read();
      if (usedRatio < maxRatio) collectPauseMs = FIRST_COLLECT_PAUSE_MS;
      else if (nowMs >= collectAgainMs && readHeap() < maxRatio) {
        collect(nowMs);
        usedRatio = read();
      }
      return usedRatio;
    };

    return {
      gauges: { lab_memory_used_ratio: read },
      async execute(work, call) {
        if (sample() < maxRatio || call.route === RELIEF_ROUTE) return work(call);
        emit('rejected');
        const detail = `${Math.round(usedRatio * 100)} % of the memory are in use (${watches}), ${Math.round(maxRatio * 100)} % are the limit`;
        throw new Problem('MEMORY_PRESSURE', detail, { retryAfterSeconds: 1 });
      },
    };
  },
});
