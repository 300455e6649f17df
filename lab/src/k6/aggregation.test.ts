import { expect, test } from 'vitest';
import { parseAggregation } from './aggregation.ts';

test.each([
  ['avg', { method: 'avg' }],
  ['count', { method: 'count' }],
  ['p(95)', { method: 'p(N)', percent: 95 }],
  ['p( 99.99 )', { method: 'p(N)', percent: 99.99 }],
  ['p(0)', { method: 'p(N)', percent: 0 }],
  ['p(100)', { method: 'p(N)', percent: 100 }],
])('%s is an aggregation method', (text, expected) => {
  expect(parseAggregation(text)).toEqual(expected);
});

test.each(['p(101)', 'p(-1)', 'p(NaN)', 'p()', 'p95', 'mean', 'AVG', 'p(N)', ''])(
  '"%s" is no aggregation method',
  (text) => {
    expect(parseAggregation(text)).toBeNull();
  },
);
