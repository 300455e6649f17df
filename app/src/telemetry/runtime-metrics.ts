import { constants, monitorEventLoopDelay, performance, PerformanceObserver } from 'node:perf_hooks';
import { Counter, Histogram } from '@platformatic/prom-client';
import type { Clock } from '../kernel/clock.ts';
import type { ProcessReadings } from '../kernel/readings.ts';
import { addGauge, type Metrics } from './metrics.ts';

const SAMPLE_MS = 1000;
const DELAY_RESOLUTION_MS = 10;
const GC_TYPES = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
]);

/**
 * Event loop, heap, garbage collection, memory and CPU. Delay and utilisation are those of the last full second, not
 * cumulative since the start: a cumulative figure hides every overload that is younger than the process.
 * Returns how to stop.
 */
export function startRuntimeMetrics(metrics: Metrics, clock: Clock, readings: ProcessReadings): () => void {
  const { registry } = metrics;
  addGauge(registry, 'v8js_memory_heap_used_bytes', 'Used part of the V8 heap.', () =>
    readings.heapUsedBytes(),
  );
  addGauge(registry, 'process_resident_memory_bytes', 'Resident memory of the process.', () =>
    readings.residentBytes(),
  );
  addGauge(
    registry,
    'process_start_time_seconds',
    'When the process was started, in seconds since 1970.',
    () => readings.startEpochSeconds(),
  );
  const cpu: Counter = new Counter({
    name: 'process_cpu_seconds_total',
    help: 'User and system CPU time of the process.',
    registers: [registry],
    collect() {
      cpu.reset();
      cpu.inc(readings.cpuSeconds());
    },
  });
  const stopLoop = watchEventLoop(metrics, clock);
  const stopGarbage = watchGarbageCollection(metrics);
  return () => {
    stopLoop();
    stopGarbage();
  };
}

interface LoopSample {
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

function watchEventLoop({ registry }: Metrics, clock: Clock): () => void {
  const histogram = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  histogram.enable();
  let sample: LoopSample = { min: 0, mean: 0, p50: 0, p90: 0, p99: 0, max: 0 };
  let utilisationRatio = 0;
  let before = performance.eventLoopUtilization();
  let cancel = (): void => {};

  const take = (): void => {
    const now = performance.eventLoopUtilization();
    utilisationRatio = performance.eventLoopUtilization(now, before).utilization;
    before = now;
    if (histogram.count > 0) {
      sample = {
        min: delaySeconds(histogram.min),
        mean: delaySeconds(histogram.mean),
        p50: delaySeconds(histogram.percentile(50)),
        p90: delaySeconds(histogram.percentile(90)),
        p99: delaySeconds(histogram.percentile(99)),
        max: delaySeconds(histogram.max),
      };
    }
    histogram.reset();
    cancel = clock.schedule(SAMPLE_MS, take);
  };
  cancel = clock.schedule(SAMPLE_MS, take);

  for (const name of ['min', 'mean', 'p50', 'p90', 'p99', 'max'] as const) {
    const help = `Event loop delay in the last second, ${name}.`;
    addGauge(registry, `nodejs_eventloop_delay_${name}_seconds`, help, () => sample[name]);
  }
  const help = 'Share of the last second in which the event loop was busy.';
  addGauge(registry, 'nodejs_eventloop_utilization_ratio', help, () => utilisationRatio);
  return () => {
    cancel();
    histogram.disable();
  };
}

/** The histogram measures the whole interval between two ticks; the delay is what is above the interval asked for. */
function delaySeconds(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e9 - DELAY_RESOLUTION_MS / 1000);
}

function watchGarbageCollection({ registry }: Metrics): () => void {
  const pauses = new Histogram({
    name: 'v8js_gc_duration_seconds',
    help: 'Pauses for garbage collection, by type.',
    labelNames: ['v8js_gc_type'] as const,
    buckets: [0.001, 0.01, 0.1, 1],
    registers: [registry],
  });
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { detail } = entry as { detail?: { kind?: number } };
      pauses.labels(GC_TYPES.get(detail?.kind ?? -1) ?? 'other').observe(entry.duration / 1000);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return () => observer.disconnect();
}
