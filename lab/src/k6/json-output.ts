import type { RunConfiguration } from './configuration.ts';
import { builtinMetrics, type MetricDefinition, type Output, type Sample, type Tags } from './metric.ts';
import { type MetricKey, toSubmetrics } from './submetric.ts';

/** Takes lines without their line feed. */
export interface LineWriter {
  write(line: string): void;
  close(): Promise<void>;
}

/**
 * `--out json`: a line for each metric before its first sample, a line for each sample
 * (https://grafana.com/docs/k6/latest/results-output/real-time/json/).
 */
export function createJsonOutput(writer: LineWriter, thresholds: RunConfiguration['thresholds']): Output {
  const submetrics = toSubmetrics(Object.keys(thresholds));
  const definitions = new Map(builtinMetrics.map((definition) => [definition.name, definition]));
  const announced = new Set<string>();
  const tagsAsJson = rememberLast(toTagsJson);

  const announce = (name: string): void => {
    announced.add(name);
    const definition = definitions.get(name);
    if (definition === undefined) throw new Error(`sample of the unknown metric "${name}"`);
    writer.write(toMetricLine(definition, thresholds, submetrics));
  };

  return {
    onMetric(definition) {
      definitions.set(definition.name, definition);
    },
    onSamples(samples) {
      for (const sample of samples) {
        if (!announced.has(sample.metric)) announce(sample.metric);
        writer.write(toPointLine(sample, tagsAsJson(sample.tags)));
      }
    },
    close: () => writer.close(),
  };
}

function toMetricLine(
  { name, type, contains }: MetricDefinition,
  thresholds: RunConfiguration['thresholds'],
  allSubmetrics: readonly MetricKey[],
): string {
  const submetrics = allSubmetrics
    .filter(({ metric }) => metric === name)
    .map(({ key, suffix, tags }) => ({ name: key, suffix, tags: Object.fromEntries(tags) }));
  return JSON.stringify({
    type: 'Metric',
    data: {
      name,
      type,
      contains,
      thresholds: (thresholds[name] ?? []).map(({ threshold }) => threshold),
      submetrics: submetrics.length === 0 ? null : submetrics,
    },
    metric: name,
  });
}

/** By hand, since a run writes tens of thousands a second. */
function toPointLine({ metric, timeMs, value }: Sample, tagsJson: string): string {
  const time = new Date(timeMs).toISOString();
  const data = `{"time":"${time}","value":${JSON.stringify(value)},"tags":${tagsJson}}`;
  return `{"metric":${JSON.stringify(metric)},"type":"Point","data":${data}}`;
}

function toTagsJson(tags: Tags): string {
  return Object.keys(tags).length === 0 ? 'null' : JSON.stringify(tags);
}

/** The samples of one request share their tags. */
function rememberLast<Input extends object, Result>(of: (input: Input) => Result): (input: Input) => Result {
  let last: { readonly input: Input; readonly result: Result } | null = null;
  return (input) => {
    if (last?.input !== input) last = { input, result: of(input) };
    return last.result;
  };
}
