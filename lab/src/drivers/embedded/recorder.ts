import type { LoadSecond } from '../../core/events.ts';
import { createHistogram, encodeHistogram, recordMs, type Histogram } from '../../core/histogram.ts';
import type { Outcome } from '../../core/outcome.ts';
import type { Route, Schedule } from '../../core/plan.ts';

type RouteSecond = LoadSecond['routes'][string];

interface OpenSecond {
  readonly planned: number;
  readonly offered: readonly number[];
  /** By route, then by outcome: only what occurred. */
  readonly latencies: readonly Map<Outcome, Histogram>[];
  readonly lateness: Histogram;
  settled: number;
  notSent: number;
  utilisationRatio: number | null;
}

/**
 * Sorts what happened into the seconds of intended start. A second is handed out and forgotten once it is over and all
 * its requests have their outcome, in order; so memory holds only the seconds of the longest deadline.
 */
export class Recorder {
  notSent = 0;
  busiestRatio = 0;
  /** Of all requests sent so far. */
  readonly lateness = createHistogram();

  readonly #routes: readonly Route[];
  readonly #schedule: Schedule;
  readonly #seconds: number;
  readonly #onSecond: (second: LoadSecond) => void;
  readonly #open = new Map<number, OpenSecond>();
  #nextToHandOut = 0;
  #nextToOpen = 0;
  #scheduleIndex = 0;

  constructor(
    routes: readonly Route[],
    schedule: Schedule,
    seconds: number,
    onSecond: (second: LoadSecond) => void,
  ) {
    this.#routes = routes;
    this.#schedule = schedule;
    this.#seconds = seconds;
    this.#onSecond = onSecond;
  }

  /** Every second of the plan was handed out. */
  get complete(): boolean {
    return this.#nextToHandOut === this.#seconds;
  }

  recordSent(startMs: number, latenessMs: number): void {
    recordMs(this.#secondOf(startMs).lateness, latenessMs);
  }

  recordOutcome(startMs: number, routeIndex: number, outcome: Outcome, latencyMs: number): void {
    const second = this.#secondOf(startMs);
    const latencies = second.latencies[routeIndex];
    let histogram = latencies?.get(outcome);
    if (histogram === undefined) {
      histogram = createHistogram();
      latencies?.set(outcome, histogram);
    }
    recordMs(histogram, latencyMs);
    second.settled += 1;
    if (outcome === 'not-sent') second.notSent += 1;
  }

  /** The second is over; `utilisationRatio` of it the event loop was busy. */
  endSecond(index: number, utilisationRatio: number): void {
    this.#at(index).utilisationRatio = utilisationRatio;
  }

  /** Hands out one second if it is complete; not more, so that encoding never delays a tick for long. */
  handOut(): boolean {
    const second = this.#open.get(this.#nextToHandOut);
    if (second === undefined || second.utilisationRatio === null || second.settled < second.planned)
      return false;
    this.#open.delete(this.#nextToHandOut);
    this.notSent += second.notSent;
    this.busiestRatio = Math.max(this.busiestRatio, second.utilisationRatio);
    this.lateness.add(second.lateness);
    this.#onSecond({
      second: this.#nextToHandOut,
      routes: Object.fromEntries(
        this.#routes.map((route, index) => [route.key, toRouteSecond(second, index)] as const),
      ),
      lateness: encodeHistogram(second.lateness),
      planned: second.planned,
      sent: second.planned - second.notSent,
      utilisationRatio: second.utilisationRatio,
    });
    this.#nextToHandOut += 1;
    return true;
  }

  #secondOf(startMs: number): OpenSecond {
    return this.#at(Math.min(Math.floor(startMs / 1000), this.#seconds - 1));
  }

  #at(index: number): OpenSecond {
    while (this.#nextToOpen <= index) this.#openNext();
    const second = this.#open.get(index);
    if (second === undefined) throw new RangeError(`second ${index} has been handed out`);
    return second;
  }

  #openNext(): void {
    const { startsMs, routeIndexes } = this.#schedule;
    const endMs = this.#nextToOpen === this.#seconds - 1 ? Infinity : (this.#nextToOpen + 1) * 1000;
    const offered = this.#routes.map(() => 0);
    const from = this.#scheduleIndex;
    while ((startsMs[this.#scheduleIndex] ?? Infinity) < endMs) {
      const routeIndex = routeIndexes[this.#scheduleIndex] ?? 0;
      offered[routeIndex] = (offered[routeIndex] ?? 0) + 1;
      this.#scheduleIndex += 1;
    }
    this.#open.set(this.#nextToOpen, {
      planned: this.#scheduleIndex - from,
      offered,
      latencies: this.#routes.map(() => new Map<Outcome, Histogram>()),
      lateness: createHistogram(),
      settled: 0,
      notSent: 0,
      utilisationRatio: null,
    });
    this.#nextToOpen += 1;
  }
}

function toRouteSecond(second: OpenSecond, routeIndex: number): RouteSecond {
  const latencies = [...(second.latencies[routeIndex] ?? [])];
  return {
    offered: second.offered[routeIndex] ?? 0,
    outcomes: Object.fromEntries(latencies.map(([outcome, histogram]) => [outcome, histogram.totalCount])),
    latencies: Object.fromEntries(
      latencies.map(([outcome, histogram]) => [outcome, encodeHistogram(histogram)]),
    ),
  };
}
