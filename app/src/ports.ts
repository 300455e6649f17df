import type { Logger } from 'pino';
import type { Catalogues } from './catalogues.ts';
import { createConnectionPool } from './clients/connection-pool.ts';
import { startDatabaseMonitor, type DatabaseState } from './clients/database-monitor.ts';
import { createDatabase } from './clients/database.ts';
import { startDownstreamMonitor } from './clients/downstream-monitor.ts';
import { createDownstream } from './clients/downstream.ts';
import type { Config } from './config.ts';
import type { Database, Downstream } from './failures/failure.ts';
import type { Clock } from './kernel/clock.ts';
import type { Random } from './kernel/random.ts';
import { migrate } from './migrations.ts';
import { createSwitchboard, type Switchboard } from './switchboard.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';
import { startRuntimeMetrics, type ProcessReadings } from './telemetry/runtime-metrics.ts';
import { addPoolMetrics, addProtectionMetrics } from './telemetry/state-metrics.ts';

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
  /** Background knowledge; asking never waits. */
  readonly databaseState: () => DatabaseState;
  readonly downstreamAnswers: () => boolean | null;
  readonly lifecycle: Lifecycle;
}

export interface Lifecycle {
  /** True from the signal to stop on: readiness is off, answers carry `Connection: close`. */
  isDraining: boolean;
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
    onEvent: (protection, event) => metrics.protectionEvents.labels(protection, event).inc(),
  });
  announceEvents(metrics, catalogues);
  const pool = createConnectionPool({ ...config.database, clock, metrics, log });
  const downstream = createDownstream({ ...config.downstream, switchboard, metrics });
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
    databaseState: databaseMonitor.state,
    downstreamAnswers: downstreamMonitor.answers,
    lifecycle: { isDraining: false, forcedStop: new AbortController() },
  };
  return {
    ports,
    async close() {
      stopRuntimeMetrics();
      await Promise.all([databaseMonitor.stop(), downstreamMonitor.stop(), downstream.close()]);
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
