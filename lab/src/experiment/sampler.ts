import type { Sample } from '../core/events.ts';
import { parseExposition } from '../core/exposition.ts';
import type { Replica, System } from '../targets/target.ts';
import type { Clock, HttpClient } from './instruments.ts';

/** A scrape that takes longer is a gap: the next one is due then. */
const scrapeTimeoutMs = 900;

/**
 * Scrapes every replica's `/metrics` at each full second of the plan, until the signal aborts or `seconds` are over.
 * A failed scrape is a sample without metrics: a gap, never a zero.
 */
export async function sampleEverySecond(options: {
  readonly system: System;
  readonly startMonotonicMs: number;
  readonly seconds: number;
  readonly clock: Clock;
  readonly http: HttpClient;
  readonly signal: AbortSignal;
  readonly onSample: (sample: Sample) => void;
}): Promise<void> {
  const { system, clock, signal } = options;
  const pending: Promise<void>[] = [];
  for (let second = 0; second <= options.seconds; second += 1) {
    const dueMs = options.startMonotonicMs + second * 1000;
    await clock.sleep(Math.max(0, dueMs - clock.monotonicMs()), signal);
    for (const replica of system.backends) pending.push(scrape(options, 'backend', replica));
    for (const replica of system.downstreams) pending.push(scrape(options, 'downstream', replica));
  }
  await Promise.all(pending);
}

async function scrape(
  options: Parameters<typeof sampleEverySecond>[0],
  service: Sample['service'],
  replica: Replica,
): Promise<void> {
  const atSecond = (options.clock.monotonicMs() - options.startMonotonicMs) / 1000;
  const metrics = await options.http
    .request('GET', `${replica.url}/metrics`, { timeoutMs: scrapeTimeoutMs, signal: options.signal })
    .then(parseExposition, () => null);
  options.onSample({ service, replica: replica.name, atSecond, metrics });
}
