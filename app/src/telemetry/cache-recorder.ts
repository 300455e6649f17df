import { Counter } from '@platformatic/prom-client';
import type { Freshness } from '../kernel/caching.ts';
import type { Metrics } from './metrics.ts';

/** Counts what happens on the way to cached values. */
export interface CacheRecorder {
  read(freshness: Freshness): void;
  /** A value is made, for a reader or in the background. */
  loaded(): void;
}

export function createCacheRecorder({ registry }: Metrics): CacheRecorder {
  const reads = new Counter({
    name: 'lab_cache_reads_total',
    help: 'Reads through the cache: fresh; stale, served while it is made anew in the background; miss.',
    labelNames: ['freshness'] as const,
    registers: [registry],
  });
  const loads = new Counter({
    name: 'lab_cache_loads_total',
    help: 'Times that a cached value was really made; a stampede makes the same one many times.',
    registers: [registry],
  });
  for (const freshness of ['fresh', 'stale', 'miss'] as const) reads.labels(freshness).inc(0);
  return { read: (freshness) => reads.labels(freshness).inc(), loaded: () => loads.inc() };
}
