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
  let told = system.incidents.length;
  for (let second = 0; second <= options.seconds; second += 1) {
    const dueMs = options.startMonotonicMs + second * 1000;
    await clock.sleep(Math.max(0, dueMs - clock.monotonicMs()), signal);
    for (const replica of system.backends) pending.push(scrape(options, 'backend', replica));
    for (const replica of system.downstreams) pending.push(scrape(options, 'downstream', replica));
    pending.push(observe(options));
    for (; told < system.incidents.length; told += 1) tell(options, told);
  }
  await Promise.all(pending);
}

async function scrape(options: SamplingOptions, service: Sample['service'], replica: Replica): Promise<void> {
  const atSecond = secondsSinceStart(options);
  const metrics = await options.http
    .request('GET', `${replica.url}/metrics`, { timeoutMs: scrapeTimeoutMs, signal: options.signal })
    .then(parseExposition, () => null);
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
