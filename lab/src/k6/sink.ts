import type { Aggregation } from './aggregation.ts';

/** Keeps what the summary and the thresholds need of a metric's samples. */
export interface Sink {
  readonly isEmpty: boolean;
  add(value: number): void;
  /** NaN for a method that this type of metric does not have; every other value of an empty sink is 0. */
  aggregate(aggregation: Aggregation, elapsedMs: number): number;
  /** The values of the summary by name. */
  values(elapsedMs: number): Readonly<Record<string, number>>;
}

/** A statistic of trends in the summary: its name as the options spell it, and what it means. */
export interface TrendStat {
  readonly name: string;
  readonly aggregation: Aggregation;
}
