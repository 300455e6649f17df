import type { LoadSecond } from '../../core/events.ts';
import { decodeHistogram, encodeHistogram, mergeHistograms } from '../../core/histogram.ts';
import { addCounts, type OutcomeCounts } from '../../core/outcome.ts';

type RouteSecond = LoadSecond['routes'][string];

/**
 * The same second of several generators as one. Counts are added and histograms are merged, so that percentiles are
 * those of all requests; the second is as busy as its busiest generator.
 */
export function mergeSeconds(parts: readonly LoadSecond[]): LoadSecond {
  const sum = (pick: (part: LoadSecond) => number) => parts.reduce((total, part) => total + pick(part), 0);
  const keys = new Set(parts.flatMap(({ routes }) => Object.keys(routes)));
  return {
    second: parts[0]?.second ?? 0,
    routes: Object.fromEntries(
      [...keys].map((key) => [key, mergeRoutes(parts.flatMap(({ routes }) => routes[key] ?? []))] as const),
    ),
    lateness: mergeEncoded(parts.map(({ lateness }) => lateness)),
    planned: sum(({ planned }) => planned),
    sent: sum(({ sent }) => sent),
    utilisationRatio: Math.max(...parts.map(({ utilisationRatio }) => utilisationRatio)),
  };
}

function mergeRoutes(parts: readonly RouteSecond[]): RouteSecond {
  const outcomes = new Set(parts.flatMap(({ latencies }) => Object.keys(latencies)));
  return {
    offered: parts.reduce((total, { offered }) => total + offered, 0),
    outcomes: parts.reduce<OutcomeCounts>((total, part) => addCounts(total, part.outcomes), {}),
    latencies: Object.fromEntries(
      [...outcomes].map(
        (outcome) =>
          [outcome, mergeEncoded(parts.flatMap(({ latencies }) => latencies[outcome] ?? []))] as const,
      ),
    ),
  };
}

function mergeEncoded(encoded: readonly string[]): string {
  const [only] = encoded;
  if (only !== undefined && encoded.length === 1) return only;
  return encodeHistogram(mergeHistograms(encoded.map(decodeHistogram)));
}

/** Takes the seconds of each of `count` generators, and hands one on when all have given it: in order, as they are. */
export class SecondMerger {
  readonly #count: number;
  readonly #onSecond: (second: LoadSecond) => void;
  readonly #open = new Map<number, LoadSecond[]>();

  constructor(count: number, onSecond: (second: LoadSecond) => void) {
    this.#count = count;
    this.#onSecond = onSecond;
  }

  add(part: LoadSecond): void {
    const parts = this.#open.get(part.second) ?? [];
    parts.push(part);
    this.#open.set(part.second, parts);
    if (parts.length < this.#count) return;
    this.#open.delete(part.second);
    this.#onSecond(mergeSeconds(parts));
  }
}
