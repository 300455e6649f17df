import { describe, expect, it } from 'vitest';
import { formatMs, formatRatio, formatSeconds, formatValue } from './format.ts';

describe('a ratio', () => {
  it.each([
    [0, '0 %'],
    [0.0001, '< 0.1 %'],
    [0.019, '1.9 %'],
    [0.05, '5 %'],
    [0.123, '12 %'],
    [0.995, '99.5 %'],
    [0.99999, '> 99.9 %'],
    [1, '100 %'],
    [null, '–'],
  ])('%s is written %s', (ratio, text) => expect(formatRatio(ratio)).toBe(text));
});

it('writes a latency as precisely as it matters', () => {
  expect([0.04, 2.36, 9.99, 12.7, 1000, null].map(formatMs)).toEqual([
    '0 ms',
    '2.4 ms',
    '10 ms',
    '13 ms',
    '1000 ms',
    '–',
  ]);
});

it('says never where an end did not come', () => {
  expect(formatSeconds(null, 'never')).toBe('never');
  expect(formatSeconds(1.04)).toBe('1 s');
});

it('shows on which side of its bound a value lies', () => {
  expect(formatValue(0.1004, 'ratio')).toBe('10.04 %');
  expect(formatValue(20.03, 'ms')).toBe('20.03 ms');
  expect(formatValue(101.25, '1/s')).toBe('101.3 /s');
  expect(formatValue(84, 'count')).toBe('84');
  expect(formatValue(null, 'ms')).toBe('–');
});
