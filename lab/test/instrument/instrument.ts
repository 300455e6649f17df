import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadSecond } from '../../src/core/events.ts';
import { decodeHistogram, mergeHistograms, type Histogram } from '../../src/core/histogram.ts';
import type { LoadPlan } from '../../src/core/plan.ts';
import type { LoadSummary } from '../../src/drivers/driver.ts';
import { createEmbeddedDriver } from '../../src/drivers/embedded/embedded.ts';

/** A server of this folder in a process of its own, with a log to compare the driver with. */
export interface LoggingServer<Entry> {
  readonly url: string;
  /** Ends the server. */
  readLog(): Promise<readonly Entry[]>;
  stop(): void;
}

export async function startServer<Entry>(file: string, setUp?: object): Promise<LoggingServer<Entry>> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), { execArgv: [] });
  if (setUp !== undefined) child.send(setUp);
  const { port } = await receive<{ port: number }>(child);
  return {
    url: `http://127.0.0.1:${port}`,
    readLog: async () => {
      child.send({ type: 'log' });
      const { log } = await receive<{ log: readonly Entry[] }>(child);
      return log;
    },
    stop: () => child.kill('SIGKILL'),
  };
}

export interface Measured {
  readonly startMonotonicMs: number;
  readonly summary: LoadSummary;
  readonly seconds: readonly LoadSecond[];
  /** Latencies of every outcome, in µs. */
  readonly latencies: Histogram;
}

/** Puts the plan on the server with the embedded driver, as the lab does. */
export async function measure(
  plan: LoadPlan,
  baseUrl: string,
  onStarted: (pid: number) => void = () => {},
): Promise<Measured> {
  const seconds: LoadSecond[] = [];
  let pid = 0;
  const driver = createEmbeddedDriver({
    execPath: process.execPath,
    environment: {},
    entryPath: fileURLToPath(new URL('../../dist/entries/driver.js', import.meta.url)),
    onSpawn: (spawned) => {
      pid = spawned;
    },
  });
  const signal = AbortSignal.timeout(120_000);
  const run = await driver.start(plan, { baseUrl, signal, onSecond: (second) => seconds.push(second) });
  onStarted(pid);
  const summary = await run.finished;
  const encoded = seconds.flatMap((second) =>
    Object.values(second.routes).flatMap((route) => Object.values(route.latencies)),
  );
  const latencies = mergeHistograms(encoded.map(decodeHistogram));
  return { startMonotonicMs: run.startMonotonicMs, summary, seconds, latencies };
}

/** One route under a constant rate. */
export function planOf(
  rate: number,
  durationSeconds: number,
  arrival: 'even' | 'poisson',
  changes: Partial<LoadPlan> = {},
): LoadPlan {
  const route = { key: 'GET /', method: 'GET', path: '/', deadlineMs: 5000 } as const;
  return {
    seed: 1,
    routes: [route],
    streams: [
      {
        executor: 'constant-arrival-rate',
        name: 'load',
        route: route.key,
        rate,
        timeUnitSeconds: 1,
        durationSeconds,
        startTimeSeconds: 0,
        arrival,
      },
    ],
    inFlightLimit: 10_000,
    ...changes,
  };
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

async function receive<Message>(child: ChildProcess): Promise<Message> {
  const [message] = (await once(child, 'message')) as [Message];
  return message;
}
