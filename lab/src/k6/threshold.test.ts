import { expect, test } from 'vitest';
import type { ThresholdConfiguration } from './configuration.ts';
import { k6ExitCodes } from './exit-code.ts';
import type { MetricType } from './metric.ts';
import { checkMethod, isMet, parseThreshold } from './threshold.ts';

const configured = (threshold: string): ThresholdConfiguration => ({
  threshold,
  abortOnFail: false,
  delayAbortEvalMs: 0,
});
const parsed = (threshold: string) => parseThreshold('my_metric', configured(threshold));

test.each<[string, object]>([
  ['avg < 200', { aggregation: { method: 'avg' }, operator: '<', bound: 200 }],
  ['count >= 500', { aggregation: { method: 'count' }, operator: '>=', bound: 500 }],
  ['p(90) < 300', { aggregation: { method: 'p(N)', percent: 90 }, operator: '<', bound: 300 }],
  ['p(99.9)<2000', { aggregation: { method: 'p(N)', percent: 99.9 }, operator: '<', bound: 2000 }],
  ['rate<0.01', { aggregation: { method: 'rate' }, operator: '<', bound: 0.01 }],
  [' value > -1.5 ', { aggregation: { method: 'value' }, operator: '>', bound: -1.5 }],
  ['count==0', { aggregation: { method: 'count' }, operator: '==', bound: 0 }],
  ['rate === 1.00', { aggregation: { method: 'rate' }, operator: '===', bound: 1 }],
  ['max!=0', { aggregation: { method: 'max' }, operator: '!=', bound: 0 }],
  ['med <= 1e3', { aggregation: { method: 'med' }, operator: '<=', bound: 1000 }],
])('"%s" is a threshold', (expression, expected) => {
  expect(parsed(expression)).toMatchObject(expected);
});

test.each([
  '',
  'rate',
  'rate<',
  '<0.1',
  'rate=0.1',
  'rate!==0.1',
  'rate<ten',
  'rate<0.1 && rate>0',
  'mean<200',
  'p(101)<200',
  'p95<200',
  'avg<200ms',
])('"%s" ends the run with 104 and is named beside its metric', (expression) => {
  expect(() => parsed(expression)).toThrow(
    expect.objectContaining({
      exitCode: k6ExitCodes.invalidConfiguration,
      message: expect.stringContaining(`"${expression}" of "my_metric"`) as unknown,
    }),
  );
});

test.each<[MetricType, string, string]>([
  ['counter', 'p(95)<1', 'a counter has count, rate'],
  ['gauge', 'max<1', 'a gauge has value'],
  ['rate', 'count<1', 'a rate has rate'],
  ['trend', 'rate<1', 'a trend has avg, min, max, med, p(N)'],
])('a %s refuses "%s" and says what it has', (type, expression, legal) => {
  expect(() => checkMethod('my_metric', parsed(expression), type)).toThrow(
    expect.objectContaining({
      exitCode: k6ExitCodes.invalidConfiguration,
      message: expect.stringContaining(legal) as unknown,
    }),
  );
});

test.each<[MetricType, string[]]>([
  ['counter', ['count<1', 'rate<1']],
  ['gauge', ['value<1']],
  ['rate', ['rate<1']],
  ['trend', ['avg<1', 'min<1', 'max<1', 'med<1', 'p(1)<1']],
])('a %s takes %j', (type, expressions) => {
  for (const expression of expressions) {
    expect(() => checkMethod('my_metric', parsed(expression), type)).not.toThrow();
  }
});

test.each<[string, number, boolean]>([
  ['avg<2', 2, false],
  ['avg<=2', 2, true],
  ['avg>2', 2, false],
  ['avg>=2', 2, true],
  ['avg==2', 2, true],
  ['avg===2', 2.1, false],
  ['avg!=2', 2, false],
  ['avg<2', 1.9, true],
])('whether "%s" is met by %d: %s', (expression, measured, expected) => {
  expect(isMet(parsed(expression), measured)).toBe(expected);
});
