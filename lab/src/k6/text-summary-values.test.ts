import { expect, test } from 'vitest';
import { formatMeasured, formatNumber, formatPercent, toCells } from './text-summary-values.ts';

const trend = { type: 'trend', contains: 'time' };

test.each<[number, string]>([
  [0, '0s'],
  [0.0005, '500ns'],
  [0.005, '5µs'],
  [0.01459, '14.59µs'],
  [0.9999999, '1ms'],
  [54.2, '54.2ms'],
  [119.081, '119.08ms'],
  [999.999, '1s'],
  [1234.5, '1.23s'],
  [12_910, '12.91s'],
  [59_999.9, '1m0s'],
  [62_400, '1m2s'],
  [3_723_000, '1h2m3s'],
  [-1500, '-1.5s'],
])('%d ms is %s', (ms, expected) => {
  expect(toCells({ ...trend, values: { avg: ms } })).toEqual([`avg=${expected}`]);
});

test.each<[number, string]>([
  [0, '0 B'],
  [557.4, '557 B'],
  [999.9, '1.0 kB'],
  [4900, '4.9 kB'],
  [9960, '10 kB'],
  [519_000, '519 kB'],
  [1_249_000, '1.2 MB'],
  [7_100_000_000, '7.1 GB'],
  [2_000_000_000_000, '2.0 TB'],
])('%d bytes are %s', (count, expected) => {
  expect(toCells({ type: 'counter', contains: 'data', values: { count, rate: 830 } })).toEqual([
    expected,
    '830 B/s',
  ]);
});

test('numbers have six decimals at most', () => {
  expect(formatNumber(13.1221794)).toBe('13.122179');
  expect(formatNumber(120)).toBe('120');
});

test.each<[number, string]>([
  [1, '100.00%'],
  [0.99996, '99.99%'],
  [0.57, '57.00%'],
  [0.0005, '0.05%'],
  [0, '0.00%'],
])('%d is %s', (rate, expected) => {
  expect(formatPercent(rate)).toBe(expected);
});

test('each type shows its own values', () => {
  const plain = { contains: 'default' };
  expect(toCells({ ...plain, type: 'counter', values: { count: 45, rate: 6.56109 } })).toEqual([
    '45',
    '6.56109/s',
  ]);
  expect(toCells({ ...plain, type: 'gauge', values: { value: 1, min: 1, max: 19 } })).toEqual([
    '1',
    'min=1',
    'max=19',
  ]);
  expect(toCells({ ...plain, type: 'rate', values: { rate: 0.2, passes: 1, fails: 4 } })).toEqual([
    '20.00%',
    '1 out of 5',
  ]);
  expect(toCells({ ...trend, values: { med: 202.26, count: 5, 'p(99)': 0 } })).toEqual([
    'med=202.26ms',
    'count=5',
    'p(99)=0s',
  ]);
});

test('a threshold compares a value in the unit of its metric', () => {
  const plain = { contains: 'default', values: {} };
  expect(formatMeasured({ ...trend, values: {} }, 'p(N)', 148.21)).toBe('148.21ms');
  expect(formatMeasured({ ...plain, type: 'rate' }, 'rate', 0.0005)).toBe('0.05%');
  expect(formatMeasured({ ...plain, type: 'counter' }, 'count', 12)).toBe('12');
  expect(formatMeasured({ ...plain, type: 'counter' }, 'rate', 12.5)).toBe('12.5/s');
});
