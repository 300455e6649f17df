import { expect, test } from 'vitest';
import { parseExposition, sumSeries } from './exposition.ts';

const text = `# HELP a_total Things.
# TYPE a_total counter
a_total{method="GET",code="200"} 3
a_total{code="500",method="GET"} 1
plain 2.5
odd{path="/a,b=\\"c\\"}"} +Inf
duration_bucket{le="0.1"} 9
duration_count 9
not a series
`;

test('series are keyed by name and sorted labels; buckets are left out', () => {
  expect(parseExposition(text)).toEqual({
    'a_total{code="200",method="GET"}': 3,
    'a_total{code="500",method="GET"}': 1,
    plain: 2.5,
    'odd{path="/a,b=\\"c\\"}"}': Infinity,
    duration_count: 9,
  });
});

test('a sum takes every series that has at least the given labels', () => {
  const metrics = parseExposition(text);
  expect(sumSeries(metrics, 'a_total')).toBe(4);
  expect(sumSeries(metrics, 'a_total', { code: '500' })).toBe(1);
  expect(sumSeries(metrics, 'plain')).toBe(2.5);
});

test('a metric that is not there is unknown, not zero', () => {
  expect(sumSeries(parseExposition(text), 'a')).toBeNull();
  expect(sumSeries(parseExposition(text), 'a_total', { code: '404' })).toBeNull();
});
