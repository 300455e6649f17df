import type { LoadSecond } from '../../src/core/events.ts';
import { createHistogram, encodeHistogram, recordMs } from '../../src/core/histogram.ts';
import type { OutcomeCounts } from '../../src/core/outcome.ts';
import { durationSecondsOf } from '../../src/core/plan.ts';
import type { Driver } from '../../src/drivers/driver.ts';
import type { Clock, HttpClient, Machine } from '../../src/experiment/instruments.ts';
import type { System, SystemSpec, Target } from '../../src/targets/target.ts';

/** A clock that jumps to the next moment somebody waits for, as soon as nothing else is left to do. */
export function createJumpingClock(): Clock {
  let nowMs = 0;
  const sleepers: { readonly dueMs: number; readonly wake: () => void }[] = [];
  const jump = () => {
    sleepers.sort((left, right) => left.dueMs - right.dueMs);
    const next = sleepers.shift();
    if (next === undefined) return;
    nowMs = Math.max(nowMs, next.dueMs);
    next.wake();
  };
  return {
    monotonicMs: () => nowMs,
    now: () => new Date(nowMs),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const abort = () => reject(signal.reason as Error);
        if (signal.aborted) abort();
        signal.addEventListener('abort', abort, { once: true });
        const wake = () => {
          signal.removeEventListener('abort', abort);
          resolve();
        };
        sleepers.push({ dueMs: nowMs + ms, wake });
        setImmediate(() => setImmediate(jump));
      }),
  };
}

/** A driver whose every second is what the test says: outcomes and latency by route key. */
export function createScriptedDriver(
  clock: Clock,
  script: (route: string, second: number) => { readonly outcomes: OutcomeCounts; readonly latencyMs: number },
  latenessMs = 1,
): Driver {
  return {
    name: 'scripted',
    start: (plan, { onSecond, signal }) => {
      const play = async () => {
        const startMs = clock.monotonicMs();
        for (let second = 0; second < durationSecondsOf(plan); second += 1) {
          await clock.sleep(startMs + (second + 1) * 1000 - clock.monotonicMs(), signal);
          const routes = plan.routes.map(({ key }) => [key, script(key, second)] as const);
          onSecond(toLoadSecond(second, Object.fromEntries(routes), latenessMs));
        }
        return { planned: 0, sent: 0, notSent: 0, latenessP99Ms: 1, utilisationRatio: 0, cpuSeconds: 0 };
      };
      const finished = play();
      finished.catch(() => {});
      return Promise.resolve({ startMonotonicMs: clock.monotonicMs(), cpuSeconds: () => 0, finished });
    },
  };
}

/** A second of load in which the routes, by key, had these outcomes, all of the same latency. */
export function toLoadSecond(
  second: number,
  scripted: Readonly<Record<string, { readonly outcomes: OutcomeCounts; readonly latencyMs: number }>>,
  latenessMs = 1,
): LoadSecond {
  const routes = Object.entries(scripted).map(([key, { outcomes, latencyMs }]) => {
    const latencies = Object.entries(outcomes).map(
      ([outcome, count]) => [outcome, encode(latencyMs, count)] as const,
    );
    const offered = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
    return [key, { offered, outcomes, latencies: Object.fromEntries(latencies) }] as const;
  });
  const planned = routes.reduce((sum, [, { offered }]) => sum + offered, 0);
  const lateness = encode(latenessMs, Math.max(1, planned));
  return {
    second,
    routes: Object.fromEntries(routes),
    lateness,
    planned,
    sent: planned,
    utilisationRatio: 0.1,
  };
}

/** A target that starts nothing and remembers what it was asked; it refuses limits. */
export function createFakeTarget(changes: Partial<System> = {}) {
  const asked: string[] = [];
  const specs: SystemSpec[] = [];
  const target: Target = {
    name: 'fake',
    describe: () => Promise.resolve({ name: 'fake', limits: 'none', postgresVersion: null }),
    start: (spec) => {
      specs.push(spec);
      asked.push(`start ${spec.backendEnvironment['PROTECTIONS'] || 'nothing'}`);
      const replica = (name: string) => ({ name, url: `http://${name}`, controlUrl: `http://${name}:c` });
      return Promise.resolve({
        url: 'http://backend',
        databaseUrl: '',
        backends: [replica('backend')],
        downstreams: [replica('downstream')],
        cpuSeconds: () => Promise.resolve(0),
        observe: () => Promise.resolve([]),
        incidents: [],
        disturb: (edge, fault) => {
          asked.push(`${edge} ${fault?.kind ?? 'healthy'}`);
          return Promise.resolve();
        },
        scale: (replicas) => {
          asked.push(`scale ${replicas}`);
          return Promise.resolve();
        },
        failed: new Promise<never>(() => {}),
        stop: () => {
          asked.push('stop');
          return Promise.resolve();
        },
        ...changes,
      });
    },
    timeScale: () => 1,
    unsupported: (spec) => (spec.limits === undefined ? null : 'the fake has no limits'),
    close: () => Promise.resolve(),
  };
  return { target, asked, specs };
}

/** Answers every scrape with the given text and all else with `answer`, and remembers what else was sent. */
export function createFakeHttp(metrics: () => string, answer = '') {
  const sent: string[] = [];
  const http: HttpClient = {
    request: (method, url, { token }) => {
      if (url.endsWith('/metrics')) return Promise.resolve(metrics());
      sent.push(`${method} ${url}${token === undefined ? '' : ` with ${token}`}`);
      return Promise.resolve(answer);
    },
  };
  return { http, sent };
}

export const idleMachine: Machine = {
  cores: 2,
  busyCpuSeconds: () => 0,
  ownCpuSeconds: () => 0,
  busiestProcess: () => Promise.resolve('compiler (42)'),
};

function encode(valueMs: number, count: number): string {
  const histogram = createHistogram();
  for (let index = 0; index < count; index += 1) recordMs(histogram, valueMs);
  return encodeHistogram(histogram);
}
