import { percentilesMs } from '../core/percentiles.ts';
import type { LoadSecond } from '../core/events.ts';
import { parseExposition, sumSeries } from '../core/exposition.ts';
import type { LoadPlan } from '../core/plan.ts';
import type { Driver } from '../drivers/driver.ts';
import type { System } from '../targets/target.ts';
import type { Host } from './host.ts';

/** One plan lasts this long; the next follows at once. */
const planSeconds = 600;
const scrapeTimeoutMs = 900;

/** Twenty cheap requests and five cascading ones a second: enough to see what moves, little enough to work beside. */
const plan: LoadPlan = {
  seed: 1,
  inFlightLimit: 2000,
  routes: [
    { key: 'GET /api/tasks', method: 'GET', path: '/api/tasks', deadlineMs: 1000 },
    { key: 'GET /api/cascade-failure', method: 'GET', path: '/api/cascade-failure', deadlineMs: 1000 },
  ],
  streams: [
    { ...stream('GET /api/tasks', 20), name: 'tasks' },
    { ...stream('GET /api/cascade-failure', 5), name: 'cascade' },
  ],
};

/** Loads the system until the host's signal aborts; prints one line of figures for each second. */
export async function putSteadyLoad(host: Host, driver: Driver, system: System): Promise<never> {
  for (;;) {
    const run = await driver.start(plan, {
      baseUrl: system.url,
      signal: host.signal,
      onSecond: (second) => void printSecond(host, system, second),
    });
    await run.finished;
  }
}

async function printSecond(host: Host, system: System, second: LoadSecond): Promise<void> {
  const metrics = await host.http
    .request('GET', `${system.backends[0]?.url}/metrics`, {
      timeoutMs: scrapeTimeoutMs,
      signal: host.signal,
    })
    .then(parseExposition, () => null);
  if (host.signal.aborted) return;
  const routes = Object.entries(second.routes)
    .sort(([left], [right]) => right.localeCompare(left))
    .map(([key, route]) => {
      const [p50] = percentilesMs(Object.values(route.latencies), [50]);
      return `${key.replace('GET ', '')} ${route.outcomes.good ?? 0}/${route.offered} good, p50 ${p50?.toFixed(0) ?? '–'} ms`;
    });
  const pool = metrics === null ? 'no metrics' : describePool(metrics);
  host.stdout.write(`${host.clock.now().toISOString().slice(11, 19)}  ${routes.join('  |  ')}  |  ${pool}\n`);
}

function describePool(metrics: Readonly<Record<string, number>>): string {
  const used = sumSeries(metrics, 'db_client_connection_count', { db_client_connection_state: 'used' }) ?? 0;
  const most = sumSeries(metrics, 'db_client_connection_max') ?? 0;
  const waiting = sumSeries(metrics, 'db_client_connection_pending_requests') ?? 0;
  return `connections ${used}/${most}, waiting ${waiting}`;
}

function stream(route: string, rate: number) {
  return {
    executor: 'constant-arrival-rate' as const,
    route,
    rate,
    timeUnitSeconds: 1,
    durationSeconds: planSeconds,
    startTimeSeconds: 0,
    arrival: 'even' as const,
  };
}
