import { expect, test } from 'vitest';
import type { SummaryData } from './engine.ts';
import { textSummary } from './text-summary.ts';

const duration = { avg: 140.36, min: 119.08, med: 140.96, max: 154.63, 'p(90)': 146.88, 'p(95)': 148.21 };
const plain = { contains: 'default' };
const time = { type: 'trend', contains: 'time' };

const data: SummaryData = {
  root_group: {
    name: '',
    path: '',
    id: 'r',
    groups: [
      {
        name: 'pay',
        path: '::pay',
        id: 'g',
        groups: [],
        checks: [{ name: 'paid', path: '::pay::paid', id: 'c2', passes: 44, fails: 1 }],
      },
    ],
    checks: [{ name: 'status is 200', path: '::status is 200', id: 'c1', passes: 45, fails: 0 }],
  },
  options: {},
  state: { isStdOutTTY: false, isStdErrTTY: false, testRunDurationMs: 10_000 },
  metrics: {
    vus: { ...plain, type: 'gauge', values: { value: 1, min: 1, max: 19 } },
    checks: { ...plain, type: 'rate', values: { rate: 0.98888, passes: 89, fails: 1 } },
    waiting: { ...plain, type: 'trend', values: { ...duration, avg: 152.355556 } },
    http_reqs: { ...plain, type: 'counter', values: { count: 45, rate: 6.56109 } },
    http_req_failed: {
      ...plain,
      type: 'rate',
      values: { rate: 0.0222, passes: 1, fails: 44 },
      thresholds: { 'rate<0.01': { ok: false } },
    },
    http_req_duration: {
      ...time,
      values: duration,
      thresholds: { 'p(95)<1500': { ok: true }, 'p(99.9) < 2000': { ok: true } },
    },
    'http_req_duration{expected_response:true}': { ...time, values: duration },
    http_req_blocked: { ...time, values: duration },
    data_sent: { type: 'counter', contains: 'data', values: { count: 4900, rate: 718 } },
  },
};

test('the summary names its maker, then thresholds, checks and the metrics by section', () => {
  const measured = { 'http_req_duration: p(99.9) < 2000': 154.6 };
  expect(`\n${textSummary(data, { colour: false, indent: '  ', measured })}`).toBe(`
  made by lab k6 run, not k6

  █ THRESHOLDS

    http_req_duration
    ✓ 'p(95)<1500' p(95)=148.21ms
    ✓ 'p(99.9) < 2000' p(99.9)=154.6ms

    http_req_failed
    ✗ 'rate<0.01' rate=2.22%

  █ TOTAL RESULTS

    checks_total...................: 90     9/s
    checks_succeeded...............: 98.88% 89 out of 90
    checks_failed..................: 1.11%  1 out of 90

    ✓ status is 200
    ✗ pay › paid
      ↳  97.77% — ✓ 44 / ✗ 1

    CUSTOM
    waiting........................: avg=152.355556 min=119.08   med=140.96   max=154.63   p(90)=146.88   p(95)=148.21

    HTTP
    http_req_duration..............: avg=140.36ms   min=119.08ms med=140.96ms max=154.63ms p(90)=146.88ms p(95)=148.21ms
      { expected_response:true }...: avg=140.36ms   min=119.08ms med=140.96ms max=154.63ms p(90)=146.88ms p(95)=148.21ms
    http_req_failed................: 2.22%  1 out of 45
    http_reqs......................: 45     6.56109/s

    EXECUTION
    vus............................: 1      min=1        max=19

    NETWORK
    data_sent......................: 4.9 kB 718 B/s
`);
});

test('a threshold on a statistic that nobody measured is shown without its value', () => {
  expect(textSummary(data, { colour: false, indent: '' })).toContain("✓ 'p(99.9) < 2000'\n");
});

test('parts of a request show once a threshold asks for them', () => {
  const options = { colour: false, indent: '' };
  expect(textSummary(data, options)).not.toContain('http_req_blocked');
  const asked = { ...time, values: duration, thresholds: { 'avg<1': { ok: false } } };
  expect(textSummary({ ...data, metrics: { ...data.metrics, http_req_blocked: asked } }, options)).toMatch(
    /HTTP\n {2}http_req_blocked\.+: avg/,
  );
});

test('sub-metrics of checks stand with the checks', () => {
  const part = { ...plain, type: 'rate', values: { rate: 1, passes: 5, fails: 0 } };
  const metrics = { ...data.metrics, 'checks{phase:after}': part };
  expect(textSummary({ ...data, metrics }, { colour: false, indent: '' })).toMatch(
    /checks_succeeded.*\n {4}\{ phase:after \}\.+: 100\.00% 5 out of 5\n/,
  );
});

test('a run without thresholds, checks and samples has a summary too', () => {
  const root = { name: '', path: '', id: 'r', groups: [], checks: [] };
  expect(textSummary({ ...data, root_group: root, metrics: {} }, { colour: false, indent: '' })).toBe(
    'made by lab k6 run, not k6\n\n█ TOTAL RESULTS\n',
  );
});

test('marks are green and red where colour is wanted', () => {
  const text = textSummary(data, { colour: true, indent: '' });
  expect(text).toContain("\u001B[32m✓\u001B[0m 'p(95)<1500'");
  expect(text).toContain("\u001B[31m✗\u001B[0m 'rate<0.01'");
});
