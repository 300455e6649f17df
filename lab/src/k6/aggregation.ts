import type { MetricType } from './metric.ts';

/** How the samples of a metric become one number, in thresholds and in the summary. */
export type Aggregation =
  | { readonly method: 'avg' | 'min' | 'med' | 'max' | 'count' | 'rate' | 'value' }
  | { readonly method: 'p(N)'; readonly percent: number };

export type AggregationMethod = Aggregation['method'];

/** What a threshold may ask of a metric (https://grafana.com/docs/k6/latest/using-k6/thresholds/). */
export const thresholdMethods: Readonly<Record<MetricType, readonly AggregationMethod[]>> = {
  counter: ['count', 'rate'],
  gauge: ['value'],
  rate: ['rate'],
  trend: ['avg', 'min', 'max', 'med', 'p(N)'],
};

/** What `summaryTrendStats` may name. */
export const trendStatMethods: readonly AggregationMethod[] = ['avg', 'min', 'med', 'max', 'count', 'p(N)'];

const simpleMethods = ['avg', 'min', 'med', 'max', 'count', 'rate', 'value'] as const;

/** Null for what is no aggregation method, such as `p(101)`. */
export function parseAggregation(text: string): Aggregation | null {
  const method = simpleMethods.find((name) => name === text);
  if (method !== undefined) return { method };
  const percent = Number(/^p\(\s*(\d+(?:\.\d+)?)\s*\)$/.exec(text)?.[1] ?? NaN);
  return percent >= 0 && percent <= 100 ? { method: 'p(N)', percent } : null;
}
