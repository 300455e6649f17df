import type { RecordedIncident, Sample } from '../core/events.ts';
import { parseExposition } from '../core/exposition.ts';
import type { Replica, System } from '../targets/target.ts';
import type { Clock, HttpClient } from './instruments.ts';

/**
 * A scrape that takes longer is a gap. It is longer than the second between two scrapes: an event loop that is blocked
 * for a while answers late, and that it does is what is measured there.
 */
const scrapeTimeoutMs = 2500;

export interface SamplingOptions {
  readonly system: System;
  readonly startMonotonicMs: number;
  readonly seconds: number;
  readonly clock: Clock;
  readonly http: HttpClient;
  readonly signal: AbortSignal;
  readonly onSample: (sample: Sample) => void;
  readonly onIncident: (incident: RecordedIncident) => void;
}

/**
 * Scrapes every running replica's `/metrics`, and asks the target what it knows, at each full second of the plan, until
 * the signal aborts or `seconds` are over. A failed scrape is a sample without metrics: a gap, never a zero.
 */
export async function sampleEverySecond(options: SamplingOptions): Promise<void> {
  const { system, clock, signal } = options;
  const pending: Promise<void>[] = [];
  const begin = (work: Promise<void>): void => {
    // It is looked at when the last second has passed; until then its rejection has to have a handler.
    work.catch(() => undefined);
    pending.push(work);
  };
  let told = system.incidents.length;
  try {
    for (let second = 0; second <= options.seconds; second += 1) {
      const dueMs = options.startMonotonicMs + second * 1000;
      await clock.sleep(Math.max(0, dueMs - clock.monotonicMs()), signal);
      for (const replica of system.backends) begin(scrape(options, 'backend', replica));
      for (const replica of system.downstreams) begin(scrape(options, 'downstream', replica));
      begin(observe(options));
      for (; told < system.incidents.length; told += 1) tell(options, told);
    }
  } finally {
    await Promise.allSettled(pending);
  }
  await Promise.all(pending);
}

async function scrape(options: SamplingOptions, service: Sample['service'], replica: Replica): Promise<void> {
  const atSecond = secondsSinceStart(options);
  const metrics = await options.http
    .request('GET', `${replica.url}/metrics`, { timeoutMs: scrapeTimeoutMs, signal: options.signal })
    .then(parseExposition, () => null);
  // A scrape that the end of the load cuts short says nothing about the replica.
  if (metrics === null && options.signal.aborted) return;
  // One that has ended meanwhile is no longer there to be read: no gap, nobody was asked.
  const isThere = options.system[service === 'backend' ? 'backends' : 'downstreams'].some(
    ({ name, url }) => name === replica.name && url === replica.url,
  );
  if (metrics !== null || isThere) options.onSample({ service, replica: replica.name, atSecond, metrics });
}

async function observe(options: SamplingOptions): Promise<void> {
  const atSecond = secondsSinceStart(options);
  for (const { replica, metrics } of await options.system.observe())
    options.onSample({ service: 'target', replica, atSecond, metrics });
}

function tell({ system, startMonotonicMs, onIncident }: SamplingOptions, index: number): void {
  const incident = system.incidents[index];
  if (incident === undefined) return;
  const { monotonicMs, ...rest } = incident;
  onIncident({ ...rest, atSecond: Math.round(monotonicMs - startMonotonicMs) / 1000 });
}

function secondsSinceStart({ clock, startMonotonicMs }: SamplingOptions): number {
  return (clock.monotonicMs() - startMonotonicMs) / 1000;
}
