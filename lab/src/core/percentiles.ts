import { decodeHistogram, mergeHistograms } from './histogram.ts';

/** Percentiles (0–100) in ms of all values of the encoded histograms together; null each where there is no value. */
export function percentilesMs(
  encoded: readonly string[],
  percentiles: readonly number[],
): readonly (number | null)[] {
  const merged = mergeHistograms(encoded.map(decodeHistogram));
  if (merged.totalCount === 0) return percentiles.map(() => null);
  return percentiles.map((percentile) => merged.getValueAtPercentile(percentile) / 1000);
}
