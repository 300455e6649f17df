import { afterEach } from 'vitest';
import type { LoadSecond } from '../core/events.ts';
import { decodeHistogram } from '../core/histogram.ts';
import { addCounts, type OutcomeCounts } from '../core/outcome.ts';
import type { LoadPlan, Route, Stream } from '../core/plan.ts';
import type { Driver, LoadRun, LoadSummary } from './driver.ts';
import { startBare, startLoopback, type BareServer, type Loopback } from './loopback.contract.ts';

export interface DriverUnderTest {
  readonly driver: Driver;
  /** Ends the driver's process as the kernel would, without a word. */
  kill(): void;
  /** Whether the driver's process still exists. */
  isAlive(): boolean;
}

interface Result {
  readonly seconds: readonly LoadSecond[];
  readonly summary: LoadSummary;
}

export const route = { key: 'GET /', method: 'GET', path: '/', deadlineMs: 500 } as const satisfies Route;

export function streamOf(routeKey: string, rate: number, durationSeconds: number): Stream {
  const times = { timeUnitSeconds: 1, durationSeconds, startTimeSeconds: 0 } as const;
  return {
    executor: 'constant-arrival-rate',
    name: routeKey,
    route: routeKey,
    rate,
    arrival: 'even',
    ...times,
  };
}

export function planOf(rate: number, durationSeconds: number, changes: Partial<LoadPlan> = {}): LoadPlan {
  const streams = [streamOf(route.key, rate, durationSeconds)];
  return { seed: 1, routes: [route], streams, inFlightLimit: 5000, ...changes };
}

export function outcomesOf(seconds: readonly LoadSecond[], key: string = route.key): OutcomeCounts {
  return seconds.reduce<OutcomeCounts>(
    (sum, second) => addCounts(sum, second.routes[key]?.outcomes ?? {}),
    {},
  );
}

export function latenciesOf(seconds: readonly LoadSecond[], key: string = route.key, outcome?: string) {
  return seconds.flatMap((second) =>
    Object.entries(second.routes[key]?.latencies ?? {})
      .filter(([name]) => outcome === undefined || name === outcome)
      .map(([, encoded]) => decodeHistogram(encoded)),
  );
}

/** Servers that end with their test, and the load of one plan on one of them. */
export function useTools(create: () => DriverUnderTest) {
  const servers: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
  });

  async function serve(...handler: Parameters<typeof startLoopback>): Promise<Loopback> {
    const server = await startLoopback(...handler);
    servers.push(server);
    return server;
  }

  async function serveBare(...onConnection: Parameters<typeof startBare>): Promise<BareServer> {
    const server = await startBare(...onConnection);
    servers.push(server);
    return server;
  }

  async function load(
    plan: LoadPlan,
    baseUrl: string,
    meanwhile: (run: LoadRun) => Promise<void> = async () => {},
  ): Promise<Result> {
    const seconds: LoadSecond[] = [];
    const signal = AbortSignal.timeout(15_000);
    const onSecond = (second: LoadSecond) => seconds.push(second);
    const run = await create().driver.start(plan, { baseUrl, signal, onSecond });
    const [summary] = await Promise.all([run.finished, meanwhile(run)]);
    return { summary, seconds };
  }

  return { serve, serveBare, load };
}

/** Sleeps until the plan of a run has gone on for so long. */
export async function sleepUntil(run: LoadRun, elapsedMs: number): Promise<void> {
  const nowMs = Number(process.hrtime.bigint()) / 1e6;
  await new Promise((resolve) => setTimeout(resolve, run.startMonotonicMs + elapsedMs - nowMs));
}
