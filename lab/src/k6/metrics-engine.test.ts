import { expect, test } from 'vitest';
import type { ThresholdConfiguration } from './configuration.ts';
import { k6ExitCodes } from './exit-code.ts';
import type { Tags } from './metric.ts';
import { createMetricsEngine } from './metrics-engine.ts';

type Thresholds = Record<string, readonly (string | ThresholdConfiguration)[]>;

const summaryTrendStats = ['avg', 'max', 'p(99.99)'];

function engineWith(thresholds: Thresholds) {
  return createMetricsEngine({
    summaryTrendStats,
    thresholds: Object.fromEntries(
      Object.entries(thresholds).map(([key, each]) => [
        key,
        each.map((one) =>
          typeof one === 'string' ? { threshold: one, abortOnFail: false, delayAbortEvalMs: 0 } : one,
        ),
      ]),
    ),
  });
}

const sample = (metric: string, value: number, tags: Tags = {}) => ({ metric, value, timeMs: 0, tags });
const refusal = (message: string) =>
  expect.objectContaining({
    exitCode: k6ExitCodes.invalidConfiguration,
    message: expect.stringContaining(message) as unknown,
  });

test('the summary has the values of metrics with samples, and sub-metrics under their own names', () => {
  const engine = engineWith({
    http_req_duration: ['p(95)<500'],
    'http_req_duration{staticAsset:yes}': ['p(99)<250'],
  });
  engine.onSamples([
    sample('http_reqs', 1),
    sample('http_reqs', 39),
    sample('http_req_duration', 100, { staticAsset: 'yes', expected_response: 'true' }),
    sample('http_req_duration', 700, { expected_response: 'false' }),
  ]);
  engine.evaluateThresholds(2000, true);
  expect(engine.metrics(2000)).toEqual({
    http_reqs: { type: 'counter', contains: 'default', values: { count: 40, rate: 20 } },
    http_req_duration: {
      type: 'trend',
      contains: 'time',
      values: { avg: 400, max: 700, 'p(99.99)': expect.closeTo(699.94, 6) as unknown },
      thresholds: { 'p(95)<500': { ok: false } },
    },
    'http_req_duration{staticAsset:yes}': {
      type: 'trend',
      contains: 'time',
      values: { avg: 100, max: 100, 'p(99.99)': 100 },
      thresholds: { 'p(99)<250': { ok: true } },
    },
    'http_req_duration{expected_response:true}': {
      type: 'trend',
      contains: 'time',
      values: { avg: 100, max: 100, 'p(99.99)': 100 },
    },
  });
});

test('a key without thresholds asks for a sub-metric, which is there also without samples', () => {
  const engine = engineWith({ 'dropped_iterations{scenario:load}': [] });
  expect(engine.metrics(1000)).toEqual({
    dropped_iterations: { type: 'counter', contains: 'default', values: { count: 0, rate: 0 } },
    'dropped_iterations{scenario:load}': {
      type: 'counter',
      contains: 'default',
      values: { count: 0, rate: 0 },
    },
  });
});

test('metrics without samples are looked at only at the end, as 0', () => {
  const engine = engineWith({
    dropped_iterations: ['count==0'],
    'checks{phase:after}': ['rate>0.9'],
    http_req_duration: ['p(95)<500'],
  });
  expect(engine.evaluateThresholds(2000, false)).toEqual({ crossed: [], abort: false, measured: {} });
  expect(engine.evaluateThresholds(4000, true)).toEqual({
    crossed: ['checks{phase:after}: rate>0.9'],
    abort: false,
    measured: {
      'dropped_iterations: count==0': 0,
      'checks{phase:after}: rate>0.9': 0,
      'http_req_duration: p(95)<500': 0,
    },
  });
});

test('a threshold that recovers is met again', () => {
  const engine = engineWith({ http_req_failed: ['rate<0.5'] });
  engine.onSamples([sample('http_req_failed', 1)]);
  expect(engine.evaluateThresholds(2000, false).crossed).toEqual(['http_req_failed: rate<0.5']);
  engine.onSamples([sample('http_req_failed', 0), sample('http_req_failed', 0)]);
  expect(engine.evaluateThresholds(4000, false).crossed).toEqual([]);
  expect(engine.metrics(4000)['http_req_failed']?.thresholds).toEqual({ 'rate<0.5': { ok: true } });
});

test.each<[number, boolean, boolean]>([
  [9999, true, false],
  [10_000, true, true],
  [60_000, false, false],
])(
  'after %d ms with abortOnFail %s and a delay of 10 s the test ends: %s',
  (elapsedMs, abortOnFail, abort) => {
    const engine = engineWith({
      http_req_duration: [{ threshold: 'p(99) < 10', abortOnFail, delayAbortEvalMs: 10_000 }],
    });
    engine.onSamples([sample('http_req_duration', 11)]);
    expect(engine.evaluateThresholds(elapsedMs, false)).toMatchObject({
      crossed: ['http_req_duration: p(99) < 10'],
      abort,
    });
  },
);

test('custom metrics may carry thresholds, and sub-metrics of them', () => {
  const engine = engineWith({ errors: ['count<2'], 'errors{kind:auth}': ['count<1'] });
  engine.onMetric({ name: 'errors', type: 'counter', contains: 'default' });
  engine.onMetric({ name: 'errors', type: 'counter', contains: 'default' });
  engine.checkThresholdMetrics();
  engine.onSamples([sample('errors', 1, { kind: 'auth' })]);
  expect(engine.evaluateThresholds(1000, true).crossed).toEqual(['errors{kind:auth}: count<1']);
});

test('one name is one kind of metric', () => {
  expect(() => engineWith({}).onMetric({ name: 'vus', type: 'trend', contains: 'time' })).toThrow(
    expect.objectContaining({ exitCode: k6ExitCodes.scriptException }),
  );
});

test.each<[string, Thresholds, string]>([
  ['an unknown metric', { http_request_duration: ['avg<1'] }, '"http_request_duration"'],
  ['a sub-metric of an unknown metric', { 'nothing{a:b}': [] }, '"nothing"'],
  ['a method that the type does not have', { http_reqs: ['p(95)<1'] }, 'a counter has count, rate'],
])('%s in thresholds is refused once init is over', (_, thresholds, message) => {
  const engine = engineWith(thresholds);
  expect(() => engine.checkThresholdMetrics()).toThrow(refusal(message));
});

test('bad expressions, keys and statistics are refused at once', () => {
  expect(() => engineWith({ http_reqs: ['rate'] })).toThrow(refusal('"rate"'));
  expect(() => engineWith({ 'http_reqs{status}': [] })).toThrow(refusal('http_reqs{status}'));
  expect(() => createMetricsEngine({ thresholds: {}, summaryTrendStats: ['p(200)'] })).toThrow(
    refusal('"p(200)"'),
  );
});

test('checks and groups come from the samples', () => {
  const engine = engineWith({});
  engine.onSamples([
    sample('checks', 1, { group: '::order', check: 'status is 200' }),
    sample('group_duration', 12, { group: '::order' }),
    sample('group_duration', 12, { group: '::pay' }),
  ]);
  expect(engine.rootGroup().groups).toMatchObject([
    { path: '::order', checks: [{ name: 'status is 200', passes: 1, fails: 0 }] },
    { path: '::pay', checks: [] },
  ]);
});

test('a sample of a metric that nobody announced is a fault of the program', () => {
  expect(() => engineWith({}).onSamples([sample('unheard', 1)])).toThrow('"unheard"');
});
