import { describe, expect, it } from 'vitest';
import {
  countOf,
  createHistogram,
  decodeHistogram,
  encodeHistogram,
  mergeHistograms,
  percentileMs,
  recordMs,
} from './histogram.ts';

function histogramOf(...durationsMs: number[]) {
  const histogram = createHistogram();
  for (const durationMs of durationsMs) recordMs(histogram, durationMs);
  return histogram;
}

describe('histogram', () => {
  it('gives percentiles within 0.1 % over several histograms', () => {
    const low = histogramOf(...Array.from({ length: 99 }, (_, index) => index + 1));
    const high = histogramOf(12_345.678);
    expect(percentileMs([low, high], 50)).toBeCloseTo(50, 0);
    expect(percentileMs([low, high], 99)).toBeCloseTo(99, 0);
    expect(Math.abs((percentileMs([low, high], 100) ?? 0) / 12_345.678 - 1)).toBeLessThan(0.001);
  });

  it('has no percentile without a value', () => {
    expect(percentileMs([], 99)).toBeNull();
    expect(percentileMs([createHistogram()], 99)).toBeNull();
  });

  it('is the same after encoding and decoding', () => {
    const original = histogramOf(0, 0.001, 1.5, 250, 60_000);
    const decoded = decodeHistogram(encodeHistogram(original));
    expect(decoded.totalCount).toBe(5);
    for (const percentile of [0, 20, 40, 60, 80, 100]) {
      expect(decoded.getValueAtPercentile(percentile)).toBe(original.getValueAtPercentile(percentile));
    }
  });

  it('keeps an empty histogram through encoding', () => {
    expect(decodeHistogram(encodeHistogram(createHistogram())).totalCount).toBe(0);
  });

  it('counts and merges without changing the parts', () => {
    const parts = [histogramOf(1, 2), histogramOf(3)];
    expect(countOf(parts)).toBe(3);
    expect(mergeHistograms(parts).totalCount).toBe(3);
    expect(parts[0]?.totalCount).toBe(2);
  });

  it('takes a duration beyond its range, or below zero, as the nearest one that it can hold', () => {
    expect(percentileMs([histogramOf(1e12)], 100)).toBeCloseTo(3_600_000, -4);
    expect(percentileMs([histogramOf(-1)], 100)).toBe(0);
  });

  it('refuses a text that is no histogram', () => {
    expect(() => decodeHistogram('AAAAAAAAAAAA')).toThrow(/V2/);
  });
});
