/**
 * Reads the Prometheus text exposition format into one number per series, keyed by name and sorted labels, for
 * example `a_total{code="200",method="GET"}`. Buckets of histograms are left out: the lab's own come from the driver.
 * Source: prometheus.io/docs/instrumenting/exposition_formats.
 */
export function parseExposition(text: string): Record<string, number> {
  const series: Record<string, number> = {};
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const match = seriesPattern.exec(line);
    if (match === null) continue;
    const [, name = '', labels, value = ''] = match;
    if (name.endsWith('_bucket')) continue;
    const number = toNumber(value);
    if (!Number.isNaN(number))
      series[toSeriesKey(name, labels === undefined ? {} : parseLabels(labels))] = number;
  }
  return series;
}

function toSeriesKey(name: string, labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels).sort();
  if (names.length === 0) return name;
  return `${name}{${names.map((label) => `${label}=${JSON.stringify(labels[label])}`).join(',')}}`;
}

/** Sum of all series of a metric that have at least the given labels; null when there is none. */
export function sumSeries(
  metrics: Readonly<Record<string, number>>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | null {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  let sum: number | null = null;
  for (const [key, value] of Object.entries(metrics)) {
    if (key !== name && !key.startsWith(`${name}{`)) continue;
    const parts = key.slice(name.length + 1, -1).split(labelSeparator);
    if (wanted.every((part) => parts.includes(part))) sum = (sum ?? 0) + value;
  }
  return sum;
}

const seriesPattern = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const labelSeparator = /,(?=[a-zA-Z_]\w*=")/;

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const match of text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)) {
    labels[match[1] ?? ''] = (match[2] ?? '').replace(/\\(.)/g, (_, escaped: string) =>
      escaped === 'n' ? '\n' : escaped,
    );
  }
  return labels;
}

function toNumber(text: string): number {
  if (text === '+Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  return Number(text);
}
