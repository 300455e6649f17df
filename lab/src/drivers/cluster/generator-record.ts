import type { GeneratorFigures } from '../../core/document.ts';
import type { LoadSecond } from '../../core/events.ts';
import { createHistogram, decodeHistogram } from '../../core/histogram.ts';
import type { LoadSummary } from '../driver.ts';
import type { ClockOffset } from './clock-offset.ts';

/** What is known of one generator: the figures that it is judged by, without the seconds that only warm up. */
export class GeneratorRecord {
  summary: LoadSummary | null = null;
  cpuSeconds = 0;
  /** Of its kernel, as its clock's readings say. */
  bootId: string | null = null;
  readonly #name: string;
  readonly #measuredFromSecond: number;
  readonly #lateness = createHistogram();
  #planned = 0;
  #sent = 0;
  #busy = 0;
  #seconds = 0;

  constructor(name: string, measuredFromSecond: number) {
    this.#name = name;
    this.#measuredFromSecond = measuredFromSecond;
  }

  add({ second, planned, sent, lateness, utilisationRatio }: LoadSecond): void {
    if (second < this.#measuredFromSecond) return;
    this.#planned += planned;
    this.#sent += sent;
    this.#busy += utilisationRatio;
    this.#seconds += 1;
    this.#lateness.add(decodeHistogram(lateness));
  }

  toFigures({ uncertaintyMs }: ClockOffset): GeneratorFigures {
    return {
      name: this.#name,
      plannedRequests: this.#planned,
      sentRequests: this.#sent,
      latenessP99Ms: this.#lateness.totalCount === 0 ? null : this.#lateness.getValueAtPercentile(99) / 1000,
      utilisationRatio: this.#seconds === 0 ? null : this.#busy / this.#seconds,
      startUncertaintyMs: uncertaintyMs,
    };
  }
}

/** Of the whole load; a summary is as late and as busy as its worst part. */
export function sumUp(
  summaries: readonly LoadSummary[],
  generators: readonly GeneratorFigures[],
): LoadSummary {
  const sum = (pick: (summary: LoadSummary) => number) =>
    summaries.reduce((total, summary) => total + pick(summary), 0);
  return {
    planned: sum(({ planned }) => planned),
    sent: sum(({ sent }) => sent),
    notSent: sum(({ notSent }) => notSent),
    latenessP99Ms: Math.max(...summaries.map(({ latenessP99Ms }) => latenessP99Ms)),
    utilisationRatio: Math.max(...summaries.map(({ utilisationRatio }) => utilisationRatio)),
    cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
    generators,
  };
}
