import type { AggregationMethod } from './aggregation.ts';
import type { SummaryMetric } from './engine.ts';

/** What a metric shows in a line of the summary: one cell for each value. */
export function toCells({ type, contains, values }: SummaryMetric): readonly string[] {
  const { count = 0, rate = 0, value = 0, min = 0, max = 0, passes = 0, fails = 0 } = values;
  const show = (number: number) => formatValue(number, contains);
  switch (type) {
    case 'counter':
      return [show(count), `${show(rate)}/s`];
    case 'gauge':
      return [show(value), `min=${show(min)}`, `max=${show(max)}`];
    case 'rate':
      return [formatPercent(rate), `${passes} out of ${passes + fails}`];
    default:
      return Object.entries(values).map(
        ([name, number]) => `${name}=${name === 'count' ? formatNumber(number) : show(number)}`,
      );
  }
}

/** One aggregated value of a metric, as a threshold compares it. */
export function formatMeasured(
  { type, contains }: SummaryMetric,
  method: AggregationMethod,
  value: number,
): string {
  if (type === 'rate') return formatPercent(value);
  if (type === 'counter' && method === 'rate') return `${formatValue(value, contains)}/s`;
  return formatValue(value, contains);
}

export function formatNumber(value: number): string {
  return trimZeros(value, 6);
}

/** Cut, not rounded: 100 % and 0 % are said only where nothing is missing. */
export function formatPercent(rate: number): string {
  return `${(Math.floor(rate * 10_000 + 1e-6) / 100).toFixed(2)}%`;
}

function formatValue(value: number, contains: string): string {
  if (contains === 'time') return formatDuration(value);
  return contains === 'data' ? formatBytes(value) : formatNumber(value);
}

const durationUnits = [
  { unit: 'ns', perMs: 1e6, decimals: 0, below: 1000 },
  { unit: 'µs', perMs: 1e3, decimals: 2, below: 1000 },
  { unit: 'ms', perMs: 1, decimals: 2, below: 1000 },
  { unit: 's', perMs: 1e-3, decimals: 2, below: 60 },
];

function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms === 0) return '0s';
  for (const { unit, perMs, decimals, below } of durationUnits) {
    const text = trimZeros(ms * perMs, decimals);
    if (Number(text) < below) return text + unit;
  }
  const seconds = Math.round(ms / 1000);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return `${hours > 0 ? `${hours}h` : ''}${minutes}m${seconds % 60}s`;
}

function formatBytes(bytes: number): string {
  let scaled = bytes;
  for (const unit of ['B', 'kB', 'MB', 'GB']) {
    const tenths = Math.round(scaled * 10) / 10;
    const isFine = unit !== 'B' && tenths < 10;
    if (tenths < 999.5) return `${isFine ? tenths.toFixed(1) : tenths.toFixed(0)} ${unit}`;
    scaled /= 1000;
  }
  return `${scaled.toFixed(1)} TB`;
}

function trimZeros(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals)));
}
