import type { Histogram, Registry } from '@platformatic/prom-client';

/** One series of the histogram: what a pair of labels leads to, once and for all. */
export interface Series {
  record(value: number): void;
}

export interface FastHistogram<Label extends string> {
  /** The series of these labels; keep it, making it is the costly part. */
  series(labels: Readonly<Record<Label, string>>): Series;
}

export interface FastHistogramOptions {
  readonly name: string;
  readonly help: string;
  /** Upper bounds, rising, without infinity. */
  readonly bounds: readonly number[];
}

/**
 * A histogram for the hot path. The library's own looks its labels up by a text key in every observation, also in a
 * child that is bound to them (measured: about 2 µs of a request's 18); here a record is a comparison and two additions.
 * It shows itself to the registry as any other metric does.
 */
export function createFastHistogram<Label extends string>(
  registry: Registry,
  { name, help, bounds }: FastHistogramOptions,
): FastHistogram<Label> {
  const all: {
    readonly labels: Readonly<Record<Label, string>>;
    readonly counts: readonly number[];
    sum: () => number;
  }[] = [];
  const exposition = {
    name,
    help,
    get: () => ({ name, help, type: 'histogram', aggregator: 'sum', values: all.flatMap(expose) }),
    reset: () => {},
  };
  // The registry only asks for the name and calls get(); its type names the library's own classes.
  registry.registerMetric(exposition as unknown as Histogram);

  const expose = ({ labels, counts, sum }: (typeof all)[number]): object[] => {
    let cumulative = 0;
    const buckets = counts.map((count, index) => {
      cumulative += count;
      return {
        metricName: `${name}_bucket`,
        labels: { le: bounds[index] ?? '+Inf', ...labels },
        value: cumulative,
      };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: sum() },
      { metricName: `${name}_count`, labels, value: cumulative },
    ];
  };

  return {
    series(labels) {
      const counts: number[] = Array.from({ length: bounds.length + 1 }, () => 0);
      let sum = 0;
      all.push({ labels, counts, sum: () => sum });
      return {
        record(value) {
          let index = 0;
          while (value > (bounds[index] ?? Infinity)) index += 1;
          counts[index] = (counts[index] ?? 0) + 1;
          sum += value;
        },
      };
    },
  };
}
