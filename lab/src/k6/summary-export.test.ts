import { expect, test } from 'vitest';
import type { SummaryData } from './engine.ts';
import { toSummaryExport } from './summary-export.ts';

const check = {
  name: 'load success',
  path: '::Get Schedules::load success',
  id: 'c1',
  passes: 3483,
  fails: 1,
};

const data: SummaryData = {
  root_group: {
    name: '',
    path: '',
    id: 'r',
    groups: [{ name: 'Get Schedules', path: '::Get Schedules', id: 'g1', groups: [], checks: [check] }],
    checks: [],
  },
  options: {},
  state: { isStdOutTTY: false, isStdErrTTY: false, testRunDurationMs: 294_000 },
  metrics: {
    iterations: { type: 'counter', contains: 'default', values: { count: 3226, rate: 10.96 } },
    vus: { type: 'gauge', contains: 'default', values: { value: 300, min: 1, max: 300 } },
    http_req_failed: {
      type: 'rate',
      contains: 'default',
      values: { rate: 0.1656, passes: 3335, fails: 16_809 },
      thresholds: { 'rate<0.05': { ok: false } },
    },
    http_req_duration: {
      type: 'trend',
      contains: 'time',
      values: { avg: 1812.87, 'p(95)': 6927.5 },
      thresholds: { 'p(95)<3000': { ok: false }, 'avg<2000': { ok: true } },
    },
  },
};

test('values stand beside the thresholds, a rate is its value, and true is a crossed threshold', () => {
  expect(toSummaryExport(data)).toMatchObject({
    metrics: {
      iterations: { count: 3226, rate: 10.96 },
      vus: { value: 300, min: 1, max: 300 },
      http_req_failed: { value: 0.1656, passes: 3335, fails: 16_809, thresholds: { 'rate<0.05': true } },
      http_req_duration: {
        avg: 1812.87,
        'p(95)': 6927.5,
        thresholds: { 'p(95)<3000': true, 'avg<2000': false },
      },
    },
  });
});

test('groups and checks are objects by name', () => {
  expect(toSummaryExport(data)).toMatchObject({
    root_group: {
      name: '',
      path: '',
      id: 'r',
      groups: { 'Get Schedules': { id: 'g1', groups: {}, checks: { 'load success': check } } },
      checks: {},
    },
  });
});
