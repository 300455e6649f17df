import { expect, test } from 'vitest';
import { k6ExitCodes } from './exit-code.ts';
import { hasTags, parseMetricKey, toSubmetrics } from './submetric.ts';

test.each<[string, string, [string, string][]]>([
  ['http_req_duration', 'http_req_duration', []],
  ['http_req_duration{type:API}', 'http_req_duration', [['type', 'API']]],
  [
    'http_req_duration{status:200, staticAsset : yes}',
    'http_req_duration',
    [
      ['status', '200'],
      ['staticAsset', 'yes'],
    ],
  ],
  ['group_duration{group:::individualRequests}', 'group_duration', [['group', '::individualRequests']]],
  ['http_reqs{name:http://${}.com}', 'http_reqs', [['name', 'http://${}.com']]],
  ['checks{check:status is 200}', 'checks', [['check', 'status is 200']]],
  ['http_reqs{group:}', 'http_reqs', [['group', '']]],
])('%s is %s with tags %j', (key, metric, tags) => {
  expect(parseMetricKey(key)).toMatchObject({ key, metric, tags });
});

test.each([
  'http_reqs{',
  'http_reqs{status:200',
  'http_reqs{status:200} ms',
  'http_reqs{}',
  'http_reqs{status}',
  'http_reqs{url:a?b,c}',
  'http_reqs{:200}',
])('%s ends the run with 104 and is named', (key) => {
  expect(() => parseMetricKey(key)).toThrow(
    expect.objectContaining({
      exitCode: k6ExitCodes.invalidConfiguration,
      message: expect.stringContaining(`"${key}"`) as unknown,
    }),
  );
});

test.each<[string, Record<string, string>, boolean]>([
  ['m{a:1,b:2}', { a: '1', b: '2', c: '3' }, true],
  ['m{a:1,b:2}', { a: '1' }, false],
  ['m{a:1}', { a: '2' }, false],
  ['m{a:}', {}, false],
])('whether a sample of %s may have tags %j: %s', (key, tags, expected) => {
  expect(hasTags(tags, parseMetricKey(key).tags)).toBe(expected);
});

test('the sub-metric of expected responses is there always, and once', () => {
  const key = 'http_req_duration{expected_response:true}';
  expect(toSubmetrics(['vus', 'vus{a:b}']).map((submetric) => submetric.key)).toEqual(['vus{a:b}', key]);
  expect(toSubmetrics([key]).map((submetric) => submetric.key)).toEqual([key]);
});
