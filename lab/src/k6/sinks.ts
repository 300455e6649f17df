import type { Aggregation } from './aggregation.ts';
import type { MetricType } from './metric.ts';
import type { Sink, TrendStat } from './sink.ts';
import { TrendSink } from './trend-sink.ts';

/** The sink for a type of metric; only trends look at the statistics. */
export function createSink(type: MetricType, trendStats: readonly TrendStat[]): Sink {
  switch (type) {
    case 'counter':
      return new CounterSink();
    case 'gauge':
      return new GaugeSink();
    case 'rate':
      return new RateSink();
    case 'trend':
      return new TrendSink(trendStats);
  }
}

class CounterSink implements Sink {
  isEmpty = true;
  #count = 0;

  add(value: number): void {
    this.isEmpty = false;
    this.#count += value;
  }

  aggregate({ method }: Aggregation, elapsedMs: number): number {
    return this.values(elapsedMs)[method] ?? NaN;
  }

  values(elapsedMs: number): Readonly<Record<string, number>> {
    return { count: this.#count, rate: elapsedMs > 0 ? this.#count / (elapsedMs / 1000) : 0 };
  }
}

class GaugeSink implements Sink {
  isEmpty = true;
  #value = 0;
  #min = 0;
  #max = 0;

  add(value: number): void {
    this.#min = this.isEmpty ? value : Math.min(this.#min, value);
    this.#max = this.isEmpty ? value : Math.max(this.#max, value);
    this.#value = value;
    this.isEmpty = false;
  }

  aggregate({ method }: Aggregation): number {
    return this.values()[method] ?? NaN;
  }

  values(): Readonly<Record<string, number>> {
    return { value: this.#value, min: this.#min, max: this.#max };
  }
}

class RateSink implements Sink {
  #passes = 0;
  #fails = 0;

  get isEmpty(): boolean {
    return this.#passes + this.#fails === 0;
  }

  /** Every value but 0 is a pass, also where passing is bad news, as in `http_req_failed`. */
  add(value: number): void {
    if (value === 0) this.#fails++;
    else this.#passes++;
  }

  aggregate({ method }: Aggregation): number {
    return this.values()[method] ?? NaN;
  }

  values(): Readonly<Record<string, number>> {
    const total = this.#passes + this.#fails;
    return { rate: total === 0 ? 0 : this.#passes / total, passes: this.#passes, fails: this.#fails };
  }
}
