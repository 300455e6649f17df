import { expect, it } from 'vitest';
import { parseExposition } from './exposition.ts';
import { parseSeriesKey } from './series-key.ts';

it.each([
  ['up', { name: 'up', labels: {} }],
  ['a_total{code="200",method="GET"}', { name: 'a_total', labels: { code: '200', method: 'GET' } }],
  ['a{b="x,y=\\"z\\"}"}', { name: 'a', labels: { b: 'x,y="z"}' } }],
])('%s names its series and its labels', (key, expected) => {
  expect(parseSeriesKey(key)).toEqual(expected);
});

it('gives back the label values of an exposition, with quotes, backslashes and line ends', () => {
  const [key = ''] = Object.keys(parseExposition('m{path="a\\\\b",text="say \\"hi\\"\\nbye"} 1\n'));
  expect(parseSeriesKey(key)).toEqual({ name: 'm', labels: { path: 'a\\b', text: 'say "hi"\nbye' } });
});
