/** How figures are written for people. A value that could not be measured is `unknownText`, never a zero. */
export const unknownText = '–';

/** A ratio 0–1 as percent. Only a true 0 is `0 %`, only a true 1 is `100 %`. */
export function formatRatio(ratio: number | null): string {
  if (ratio === null) return unknownText;
  const percent = ratio * 100;
  if (percent > 0 && percent < 0.05) return '< 0.1 %';
  if (percent < 100 && percent >= 99.95) return '> 99.9 %';
  const isRound = Math.abs(percent - Math.round(percent)) < 0.05;
  return `${isRound || (percent >= 10 && percent < 99) ? percent.toFixed(0) : percent.toFixed(1)} %`;
}

export function formatMs(durationMs: number | null): string {
  if (durationMs === null) return unknownText;
  return `${durationMs < 10 ? trimmed(durationMs, 1) : durationMs.toFixed(0)} ms`;
}

/** `3 s`; with `never` for null: an end that did not come within the run. */
export function formatSeconds(seconds: number | null, whenNull = unknownText): string {
  return seconds === null ? whenNull : `${trimmed(seconds, 1)} s`;
}

/** At most four significant digits: enough to see on which side of a bound a value lies. */
export function formatValue(value: number | null, unit: string): string {
  if (value === null) return unknownText;
  if (unit === 'ratio') return `${significant(value * 100)} %`;
  if (unit === 'count') return significant(value);
  if (unit.startsWith('bytes')) return `${significant(value / 1e6)} ${unit.replace('bytes', 'MB')}`;
  return `${significant(value)} ${unit === '1/s' ? '/s' : unit}`;
}

export function formatCount(value: number | null): string {
  return value === null ? unknownText : significant(value);
}

function significant(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

function trimmed(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
