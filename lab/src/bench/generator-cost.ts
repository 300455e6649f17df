import { spawn } from 'node:child_process';
import type { LoadPlan } from '../core/plan.ts';
import type { Driver } from '../drivers/driver.ts';
import { ended, endedChildrenCpuSeconds } from './child.ts';

const durationSeconds = 10;

export interface GeneratorCost {
  readonly ratePerSecond: number;
  readonly driverCpuMicrosecondsPerRequest: number | null;
  readonly driverLatenessP99Ms: number;
  readonly driverSentRatio: number;
  /** Null where vegeta is not on PATH. */
  readonly vegetaCpuMicrosecondsPerRequest: number | null;
  readonly ratioToVegeta: number | null;
}

/** CPU of the whole generator's process per request, start included, of our driver and of vegeta one after the other. */
export async function measureGenerators(options: {
  readonly ratePerSecond: number;
  readonly baseUrl: string;
  readonly driver: Driver;
  readonly vegeta: string | null;
  readonly signal: AbortSignal;
}): Promise<GeneratorCost> {
  const requests = options.ratePerSecond * durationSeconds;
  const beforeDriver = endedChildrenCpuSeconds();
  const run = await options.driver.start(planOf(options.ratePerSecond), {
    baseUrl: options.baseUrl,
    signal: options.signal,
    onSecond: () => {},
  });
  const summary = await run.finished;
  const beforeVegeta = endedChildrenCpuSeconds();
  const vegetaRan = options.vegeta !== null && (await runVegeta(options.vegeta, options));
  const after = endedChildrenCpuSeconds();
  const driver = perRequest(beforeDriver, beforeVegeta, requests);
  const vegeta = vegetaRan ? perRequest(beforeVegeta, after, requests) : null;
  return {
    ratePerSecond: options.ratePerSecond,
    driverCpuMicrosecondsPerRequest: driver,
    driverLatenessP99Ms: summary.latenessP99Ms,
    driverSentRatio: summary.sent / summary.planned,
    vegetaCpuMicrosecondsPerRequest: vegeta,
    ratioToVegeta: driver === null || vegeta === null ? null : Number((driver / vegeta).toFixed(3)),
  };
}

async function runVegeta(
  program: string,
  options: { ratePerSecond: number; baseUrl: string; signal: AbortSignal },
) {
  const child = spawn(
    program,
    ['attack', `-rate=${options.ratePerSecond}`, `-duration=${durationSeconds}s`, '-output=/dev/null'],
    { stdio: ['pipe', 'ignore', 'inherit'], signal: options.signal, env: {} },
  );
  child.stdin.end(`GET ${options.baseUrl}/\n`);
  return (await ended(child)) === 0;
}

function perRequest(before: number | null, after: number | null, requests: number): number | null {
  return before === null || after === null ? null : Math.round(((after - before) * 1e6) / requests);
}

function planOf(ratePerSecond: number): LoadPlan {
  return {
    seed: 1,
    inFlightLimit: 20_000,
    routes: [{ key: 'GET /', method: 'GET', path: '/', deadlineMs: 1000 }],
    streams: [
      {
        executor: 'constant-arrival-rate',
        name: 'bench',
        route: 'GET /',
        rate: ratePerSecond,
        timeUnitSeconds: 1,
        durationSeconds,
        startTimeSeconds: 0,
        arrival: 'even',
      },
    ],
  };
}
