import type { Aggregation } from './aggregation.ts';
import { percentile } from './percentile.ts';
import type { Sink, TrendStat } from './sink.ts';

const firstCapacity = 64;

/** Every value of a trend, so that its percentiles are exact. */
export class TrendSink implements Sink {
  readonly #stats: readonly TrendStat[];
  /** The first `#sortedCount` of `#count` values are sorted. */
  #values = new Float64Array(firstCapacity);
  #count = 0;
  #sortedCount = 0;
  #sum = 0;
  #min = Infinity;
  #max = -Infinity;

  constructor(stats: readonly TrendStat[]) {
    this.#stats = stats;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  add(value: number): void {
    if (this.#count === this.#values.length) this.#grow();
    this.#values[this.#count++] = value;
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  aggregate(aggregation: Aggregation): number {
    switch (aggregation.method) {
      case 'count':
        return this.#count;
      case 'avg':
        return this.isEmpty ? 0 : this.#sum / this.#count;
      case 'min':
        return this.isEmpty ? 0 : this.#min;
      case 'max':
        return this.isEmpty ? 0 : this.#max;
      case 'med':
        return this.#percentile(50);
      case 'p(N)':
        return this.#percentile(aggregation.percent);
      case 'rate':
      case 'value':
        return NaN;
    }
  }

  values(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      this.#stats.map(({ name, aggregation }) => [name, this.aggregate(aggregation)]),
    );
  }

  #percentile(percent: number): number {
    this.#sort();
    return percentile(this.#values, this.#count, percent);
  }

  #grow(): void {
    const larger = new Float64Array(this.#values.length * 2);
    larger.set(this.#values);
    this.#values = larger;
  }

  /** Sorts what is new and merges it in from the back: thresholds ask while the load goes on. */
  #sort(): void {
    const values = this.#values;
    const fresh = values.slice(this.#sortedCount, this.#count).sort();
    let old = this.#sortedCount - 1;
    let next = fresh.length - 1;
    for (let target = this.#count - 1; next >= 0; target--) {
      const oldIsLarger = old >= 0 && (values[old] as number) > (fresh[next] as number);
      values[target] = (oldIsLarger ? values[old--] : fresh[next--]) as number;
    }
    this.#sortedCount = this.#count;
  }
}
