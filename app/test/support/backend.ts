import { afterAll } from 'vitest';
import { loadCatalogues } from '../../src/catalogues.ts';
import { readConfig } from '../../src/config.ts';
import { createRandom } from '../../src/kernel/random.ts';
import { openPorts, type Ports } from '../../src/ports.ts';
import { startServers } from '../../src/servers.ts';
import { systemClock } from '../../src/system-clock.ts';
import { createReadings } from '../../src/system-readings.ts';
import { createLog } from '../../src/telemetry/logging.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export interface TestBackend {
  readonly url: string;
  readonly control: string;
  readonly ports: Ports;
  /** Switches a protection as a person would, over the control API. */
  switch(name: string, body: unknown): Promise<Response>;
  /** The value of one series in /metrics, as it is written there; undefined when it is not there. */
  metric(series: string): Promise<number | undefined>;
  stop(): Promise<boolean>;
}

/** The whole backend in this process, on free ports, with the real clock; ready when `isReady`. */
export async function startBackend(
  environment: Record<string, string>,
  isReady: (ports: Ports) => boolean = (ports) => ports.databaseState().isReady,
): Promise<TestBackend> {
  const catalogues = await loadCatalogues();
  const variables = { PORT: '0', CONTROL_PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'silent', ...environment };
  const config = readConfig(variables, catalogues, 'test-replica');
  const open = openPorts(config, catalogues, {
    clock: systemClock,
    random: createRandom(1),
    log: createLog(config.logLevel, config.replica),
    readings: createReadings(config.memoryLimitBytes),
  });
  const servers = await startServers(config, open.ports);
  await until(() => isReady(open.ports));
  const url = `http://127.0.0.1:${servers.port}`;
  const control = `http://127.0.0.1:${servers.controlPort}`;
  return {
    url,
    control,
    ports: open.ports,
    switch: (name, body) =>
      fetch(`${control}/protections/${name}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    async metric(series) {
      const text = await (await fetch(`${url}/metrics`)).text();
      const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
      return line === undefined ? undefined : Number(line.slice(series.length + 1));
    },
    stop: () => servers.stop(open.close),
  };
}

export interface TestSystem {
  readonly database: TestDatabase;
  readonly backend: TestBackend;
}

/** For a whole test file: a database of its own and a backend on it, gone after the last test. Without a downstream unless one is given. */
export async function useBackend(environment: Record<string, string> = {}): Promise<TestSystem> {
  const database = await createTestDatabase();
  afterAll(() => database.drop());
  const backend = await startBackend({
    DATABASE_URL: database.url,
    DOWNSTREAM_SERVICE_URL: 'http://127.0.0.1:1',
    ...environment,
  });
  afterAll(async () => void (await backend.stop()));
  return { database, backend };
}

/** Waits for a condition that real sockets bring about; fails after five seconds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + 5000;
  while (!(await condition())) {
    if (Date.now() > deadlineMs) throw new Error(`not within 5 s: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
