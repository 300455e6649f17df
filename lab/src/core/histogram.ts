import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram as HdrHistogram,
} from 'hdr-histogram-js';

/** Durations in µs with 3 significant digits: an HdrHistogram (Gil Tene, hdrhistogram.org). */
export type Histogram = HdrHistogram;

/** Longer durations count as this one. */
const highestMicroseconds = 3_600_000_000;

/** Grows with its largest value: about 60 kB for 1 s, 80 kB for 60 s. */
export function createHistogram(): Histogram {
  return build({ numberOfSignificantValueDigits: 3, autoResize: true, bitBucketSize: 32 });
}

export function recordMs(histogram: Histogram, durationMs: number): void {
  const microseconds = Math.round(durationMs * 1000);
  histogram.recordValue(Math.min(Math.max(microseconds, 0), highestMicroseconds));
}

/** HdrHistogram's V2 encoding, compressed, as base64: any HdrHistogram library reads it. */
export function encodeHistogram(histogram: Histogram): string {
  return encodeIntoCompressedBase64(histogram);
}

/** Throws when the text is not such an encoding. */
export function decodeHistogram(encoded: string): Histogram {
  return decodeFromCompressedBase64(encoded);
}

/** A new histogram with all values of the given ones. */
export function mergeHistograms(histograms: Iterable<Histogram>): Histogram {
  const merged = createHistogram();
  for (const histogram of histograms) merged.add(histogram);
  return merged;
}

/**
 * The duration that `percentile` percent (0–100) of all values do not exceed, within 0.1 %; null when there is no
 * value. Percentiles cannot be averaged, so the histograms are merged first.
 */
export function percentileMs(histograms: Iterable<Histogram>, percentile: number): number | null {
  const merged = mergeHistograms(histograms);
  return merged.totalCount === 0 ? null : merged.getValueAtPercentile(percentile) / 1000;
}

export function countOf(histograms: Iterable<Histogram>): number {
  let count = 0;
  for (const histogram of histograms) count += histogram.totalCount;
  return count;
}
