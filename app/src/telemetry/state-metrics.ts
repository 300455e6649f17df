import { Gauge } from '@platformatic/prom-client';
import type { CacheClient } from '../clients/cache.ts';
import type { ConnectionPool } from '../clients/connection-pool.ts';
import type { Switchboard } from '../switchboard.ts';
import { addGauge, type Metrics } from './metrics.ts';

/** Gauges that are read from the pool at each scrape. */
export function addPoolMetrics({ registry }: Metrics, pool: ConnectionPool): void {
  const count: Gauge<'db_client_connection_state'> = new Gauge({
    name: 'db_client_connection_count',
    help: 'Open connections of the pool: idle, or used by a request.',
    labelNames: ['db_client_connection_state'] as const,
    registers: [registry],
    collect() {
      const { idle, used } = pool.state();
      count.labels('idle').set(idle);
      count.labels('used').set(used);
    },
  });
  const pending = 'Callers that wait for a connection of the pool; those that gave up are not counted.';
  addGauge(
    registry,
    'db_client_connection_max',
    'Most connections that the pool opens.',
    () => pool.state().max,
  );
  addGauge(registry, 'db_client_connection_pending_requests', pending, () => pool.state().pending);
}

/** Which protections are on, and the gauges that they declare. */
export function addProtectionMetrics({ registry }: Metrics, switchboard: Switchboard): void {
  const enabled: Gauge<'protection'> = new Gauge({
    name: 'lab_protection_enabled',
    help: '1 while the protection is on.',
    labelNames: ['protection'] as const,
    registers: [registry],
    collect() {
      for (const { protection, isEnabled } of switchboard.states()) {
        enabled.labels(protection.name).set(isEnabled ? 1 : 0);
      }
    },
  });
  for (const { protection } of switchboard.states()) {
    for (const { name, help } of protection.gauges ?? []) {
      addGauge(registry, name, help, () => switchboard.gauge(protection.name, name));
    }
  }
}

/** What the cache of this process keeps without a bound. */
export function addCacheMetrics({ registry }: Metrics, cache: CacheClient): void {
  addGauge(
    registry,
    'lab_cache_kept_bytes',
    'Bytes that the cache of this process keeps for ever.',
    () => cache.kept().totalBytes,
  );
  addGauge(
    registry,
    'lab_cache_kept_entries',
    'Entries that the cache of this process keeps for ever.',
    () => cache.kept().entries,
  );
}
