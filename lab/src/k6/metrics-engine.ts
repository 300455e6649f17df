import { parseAggregation, trendStatMethods } from './aggregation.ts';
import { CheckGroups } from './check-groups.ts';
import type { RunConfiguration } from './configuration.ts';
import type { GroupResult, MetricsEngine, SummaryMetric, ThresholdReport } from './engine.ts';
import { K6Error, k6ExitCodes } from './exit-code.ts';
import { builtinMetrics, type MetricDefinition, type Sample } from './metric.ts';
import type { Sink, TrendStat } from './sink.ts';
import { createSink } from './sinks.ts';
import { hasTags, type MetricKey, parseMetricKey, toSubmetrics } from './submetric.ts';
import { checkMethod, isMet, parseThreshold, type Threshold } from './threshold.ts';

/** @throws K6Error 104 for keys, expressions and statistics that cannot be read. */
export function createMetricsEngine(
  options: Pick<RunConfiguration, 'thresholds' | 'summaryTrendStats'>,
): MetricsEngine {
  return new Engine(options);
}

/** A metric or a part of it, with the thresholds on it. */
interface Series {
  readonly key: string;
  readonly definition: MetricDefinition;
  readonly tags: MetricKey['tags'];
  readonly sink: Sink;
  readonly thresholds: readonly { readonly threshold: Threshold; isMet: boolean }[];
  /** The summary has it also without samples. */
  readonly isAskedFor: boolean;
}

class Engine implements MetricsEngine {
  readonly #trendStats: readonly TrendStat[];
  readonly #thresholds: ReadonlyMap<string, readonly Threshold[]>;
  readonly #submetrics: readonly MetricKey[];
  /** By metric: the whole of it first, then its sub-metrics. */
  readonly #series = new Map<string, readonly Series[]>();
  readonly #groups = new CheckGroups();

  constructor({ thresholds, summaryTrendStats }: Pick<RunConfiguration, 'thresholds' | 'summaryTrendStats'>) {
    this.#trendStats = summaryTrendStats.map(toTrendStat);
    this.#submetrics = toSubmetrics(Object.keys(thresholds));
    this.#thresholds = new Map(
      Object.entries(thresholds).map(([key, each]) => [key, each.map((one) => parseThreshold(key, one))]),
    );
    for (const definition of builtinMetrics) this.onMetric(definition);
  }

  onMetric(definition: MetricDefinition): void {
    const known = this.#series.get(definition.name)?.[0]?.definition;
    if (known === undefined) {
      const submetrics = this.#submetrics.filter(({ metric }) => metric === definition.name);
      const whole = parseMetricKey(definition.name);
      this.#series.set(
        definition.name,
        [whole, ...submetrics].map((key) => this.#newSeries(key, definition)),
      );
    } else if (known.type !== definition.type || known.contains !== definition.contains) {
      throw new K6Error(
        k6ExitCodes.scriptException,
        `metric "${definition.name}" exists already, as a ${known.type} of ${known.contains} values`,
      );
    }
  }

  onSamples(samples: readonly Sample[]): void {
    for (const { metric, value, tags } of samples) {
      const every = this.#series.get(metric);
      if (every === undefined) throw new Error(`sample of the unknown metric "${metric}"`);
      for (const series of every) if (hasTags(tags, series.tags)) series.sink.add(value);
      if (metric === 'checks') this.#groups.addCheck(tags, value !== 0);
      else if (metric === 'group_duration') this.#groups.addGroup(tags);
    }
  }

  checkThresholdMetrics(): void {
    for (const [key, thresholds] of this.#thresholds) {
      const { metric } = parseMetricKey(key);
      const definition = this.#series.get(metric)?.[0]?.definition;
      if (definition === undefined) {
        throw new K6Error(
          k6ExitCodes.invalidConfiguration,
          `thresholds: there is no metric "${metric}" ("${key}"): there are k6's own, and what init code makes`,
        );
      }
      for (const threshold of thresholds) checkMethod(key, threshold, definition.type);
    }
  }

  evaluateThresholds(elapsedMs: number, final: boolean): ThresholdReport {
    const crossed: string[] = [];
    const measured: Record<string, number> = {};
    let abort = false;
    for (const { key, sink, thresholds } of this.#everySeries()) {
      if (sink.isEmpty && !final) continue;
      for (const state of thresholds) {
        const { threshold, aggregation, abortOnFail, delayAbortEvalMs } = state.threshold;
        const name = `${key}: ${threshold}`;
        const value = sink.aggregate(aggregation, elapsedMs);
        measured[name] = value;
        state.isMet = isMet(state.threshold, value);
        if (state.isMet) continue;
        crossed.push(name);
        if (abortOnFail && elapsedMs >= delayAbortEvalMs) abort = true;
      }
    }
    return { crossed, abort, measured };
  }

  metrics(elapsedMs: number): Readonly<Record<string, SummaryMetric>> {
    const shown: [string, SummaryMetric][] = [];
    for (const every of this.#series.values()) {
      const isMetricAskedFor = every.some(({ isAskedFor }) => isAskedFor);
      for (const [index, series] of every.entries()) {
        const isShown = !series.sink.isEmpty || (index === 0 ? isMetricAskedFor : series.isAskedFor);
        if (isShown) shown.push([series.key, toSummary(series, elapsedMs)]);
      }
    }
    return Object.fromEntries(shown);
  }

  rootGroup(): GroupResult {
    return this.#groups.root();
  }

  #newSeries({ key, tags }: MetricKey, definition: MetricDefinition): Series {
    const thresholds = this.#thresholds.get(key);
    return {
      key,
      definition,
      tags,
      sink: createSink(definition.type, this.#trendStats),
      thresholds: (thresholds ?? []).map((threshold) => ({ threshold, isMet: true })),
      isAskedFor: thresholds !== undefined,
    };
  }

  *#everySeries(): Iterable<Series> {
    for (const every of this.#series.values()) yield* every;
  }
}

function toSummary({ definition, sink, thresholds }: Series, elapsedMs: number): SummaryMetric {
  const { type, contains } = definition;
  const summary = { type, contains, values: sink.values(elapsedMs) };
  if (thresholds.length === 0) return summary;
  const results = thresholds.map(({ threshold, isMet }) => [threshold.threshold, { ok: isMet }] as const);
  return { ...summary, thresholds: Object.fromEntries(results) };
}

function toTrendStat(name: string): TrendStat {
  const aggregation = parseAggregation(name);
  if (aggregation !== null && trendStatMethods.includes(aggregation.method)) return { name, aggregation };
  throw new K6Error(
    k6ExitCodes.invalidConfiguration,
    `summaryTrendStats: "${name}" is none of ${trendStatMethods.join(', ')} (N from 0 to 100)`,
  );
}
