import type { Logger } from 'pino';
import type { Catalogues } from './catalogues.ts';
import { createCache } from './clients/cache.ts';
import { createCompute } from './clients/compute.ts';
import { createConnectionPool } from './clients/connection-pool.ts';
import { startDatabaseMonitor, type DatabaseState } from './clients/database-monitor.ts';
import { createDatabase } from './clients/database.ts';
import { startDownstreamMonitor } from './clients/downstream-monitor.ts';
import { createDownstream } from './clients/downstream.ts';
import { createInProcessStore } from './clients/in-process-store.ts';
import { connectRedis } from './clients/redis-connection.ts';
import { createRedisStore } from './clients/redis-store.ts';
import type { Config } from './config.ts';
import type { Cache, Compute, Database, Downstream } from './failures/failure.ts';
import type { Clock } from './kernel/clock.ts';
import type { Random } from './kernel/random.ts';
import type { ProcessReadings } from './kernel/readings.ts';
import { migrate } from './migrations.ts';
import { createConnections, type Connections } from './routes/request-view.ts';
import { createSwitchboard, type Switchboard } from './switchboard.ts';
import { createCacheRecorder } from './telemetry/cache-recorder.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';
import { startRuntimeMetrics } from './telemetry/runtime-metrics.ts';
import { addCacheMetrics, addPoolMetrics, addProtectionMetrics } from './telemetry/state-metrics.ts';

/** Everything that the routes work with. */
export interface Ports {
  readonly catalogues: Catalogues;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly readings: ProcessReadings;
  readonly metrics: Metrics;
  readonly switchboard: Switchboard;
  readonly database: Database;
  readonly downstream: Downstream;
  readonly nextHop: Downstream;
  readonly compute: Compute;
  readonly cache: Cache;
  readonly cacheState: () => { readonly kind: string; readonly answers: boolean | null };
  readonly connections: Connections;
  /** Background knowledge; asking never waits. */
  readonly databaseState: () => DatabaseState;
  readonly downstreamAnswers: () => boolean | null;
  readonly lifecycle: Lifecycle;
}

export interface Lifecycle {
  /** True from the signal to stop on: readiness is off, answers carry `Connection: close`. */
  isDraining: boolean;
  /** Of this server, as it can be reached from here; empty until it listens. */
  ownUrl: string;
  /** Ends what is still in flight; only a forced stop aborts it. */
  readonly forcedStop: AbortController;
}

/** What comes from outside the program. */
export interface Surroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly readings: ProcessReadings;
}

export interface OpenPorts {
  readonly ports: Ports;
  /** Closes clients and background work; waits for connections that are still held. */
  close(): Promise<void>;
}

/** Opens all ports. Nothing here waits for the database or the downstream: they are watched in the background. */
export function openPorts(config: Config, catalogues: Catalogues, surroundings: Surroundings): OpenPorts {
  const { clock, random, log, readings } = surroundings;
  const metrics = createMetrics();
  const switchboard = createSwitchboard({
    protections: catalogues.protections,
    initial: config.protections,
    clock,
    random,
    readings,
    onEvent: (protection, event) => metrics.protectionEvents.labels(protection, event).inc(),
  });
  announceEvents(metrics, catalogues);
  const pool = createConnectionPool({ ...config.database, clock, metrics, log });
  const lifecycle: Lifecycle = { isDraining: false, ownUrl: '', forcedStop: new AbortController() };
  const { connections } = config.downstream;
  const downstream = createDownstream({
    url: () => config.downstream.url,
    connections,
    switchboard,
    recorder: metrics.downstream,
  });
  const nextHop = createDownstream({
    url: () => config.nextHopUrl ?? lifecycle.ownUrl,
    connections,
    switchboard,
    recorder: metrics.nextHop,
  });
  const { redisUrl } = config;
  const store =
    redisUrl === undefined
      ? createInProcessStore()
      : createRedisStore(connectRedis({ url: redisUrl, clock, random, log }), clock);
  const cache = createCache({
    store,
    switchboard,
    recorder: createCacheRecorder(metrics),
    clock,
    log,
    background: lifecycle.forcedStop.signal,
  });
  addCacheMetrics(metrics, cache);
  const stopRuntimeMetrics = startRuntimeMetrics(metrics, clock, readings);
  addPoolMetrics(metrics, pool);
  addProtectionMetrics(metrics, switchboard);
  const tables = catalogues.failures.flatMap((failure) => failure.tables ?? []);
  const databaseMonitor = startDatabaseMonitor({
    url: config.database.url,
    clock,
    log,
    async prepare(client) {
      await migrate(client, tables);
      await pool.open();
    },
  });
  const downstreamMonitor = startDownstreamMonitor(config.downstream.url, clock);

  const ports: Ports = {
    catalogues,
    clock,
    random,
    log,
    readings,
    metrics,
    switchboard,
    database: createDatabase(pool, switchboard),
    downstream,
    nextHop,
    compute: createCompute(switchboard),
    cache,
    cacheState: () => ({ kind: store.kind, answers: store.answers() }),
    connections: createConnections(clock),
    databaseState: databaseMonitor.state,
    downstreamAnswers: downstreamMonitor.answers,
    lifecycle,
  };
  return {
    ports,
    async close() {
      stopRuntimeMetrics();
      switchboard.close();
      await Promise.all([
        databaseMonitor.stop(),
        downstreamMonitor.stop(),
        downstream.close(),
        nextHop.close(),
        store.close(),
      ]);
      await pool.close();
    },
  };
}

/** Makes every declared event visible from the start with 0: a counter that is missing cannot be told from one that failed. */
function announceEvents(metrics: Metrics, { protections }: Catalogues): void {
  for (const { name, events } of protections) {
    for (const event of events) metrics.protectionEvents.labels(name, event).inc(0);
  }
}
