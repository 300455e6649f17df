import { baseUrl, fix, summaryFolder } from './environment.js';

/** Of every metric of time: without `p(99)` here no summary would have one. */
export const summaryTrendStats = ['count', 'avg', 'min', 'med', 'p(90)', 'p(95)', 'p(99)', 'max'];

/**
 * The argument of handleSummary.
 * @typedef {{ values: Record<string, number>, thresholds?: Record<string, { ok: boolean }> }} Metric
 * @typedef {{ metrics: Record<string, Metric>, state: { testRunDurationMs: number } }} SummaryData
 * @typedef {{ metric: string, expression: string, isMet: boolean, measured: number | undefined }} Threshold
 */

/** The targets of a healthy service; what a load generator cannot see is said below them. */
const keyMetrics = [
  { name: 'request rate', metric: 'http_reqs', value: 'rate', unit: '/s', above: 100 },
  { name: 'latency p95', metric: 'http_req_duration', value: 'p(95)', unit: ' ms', below: 500 },
  { name: 'latency p99', metric: 'http_req_duration', value: 'p(99)', unit: ' ms', below: 1000 },
  { name: 'error rate', metric: 'http_req_failed', value: 'rate', unit: ' %', below: 0.1, factor: 100 },
];

const meanings = {
  failure: 'EXPECT=failure: the failure occurred, as it should',
  fixed: 'EXPECT=fixed: the failure did not occur, as it should be',
  healthy: 'EXPECT=healthy: the service is within its targets',
  none: 'EXPECT=none: nothing was claimed, and all of the load was sent',
};

/**
 * For handleSummary: the text for the terminal, and a file `summary-<script>.json` in SUMMARY_DIR.
 * @param {string} script
 * @param {string} expectation
 * @param {SummaryData} data
 * @param {string} address where the load went
 * @returns {Record<string, string>}
 */
export function summarise(script, expectation, data, address = baseUrl) {
  const iterations = data.metrics['iterations']?.values['count'] ?? 0;
  if (iterations === 0) return { stdout: 'Nothing was proved: the run ended before any load.\n' };
  const dropped = data.metrics['dropped_iterations']?.values['count'] ?? 0;
  const thresholds = thresholdsOf(data);
  const measured = keyMetrics.map((row) => ({ ...row, ...measureOf(row, data) }));
  const verdict = verdictOf(expectation, dropped, thresholds);
  const document = {
    script,
    expect: expectation,
    fix,
    baseUrl: address,
    seconds: data.state.testRunDurationMs / 1000,
    verdict,
    keyMetrics: measured.map(({ name, measured, target, isMet }) => ({ name, measured, target, isMet })),
    thresholds,
    metrics: data.metrics,
  };
  return {
    stdout: `\n${[...linesOf(document), verdict].join('\n')}\n`,
    [`${summaryFolder}/summary-${script}.json`]: `${JSON.stringify(document, null, 2)}\n`,
  };
}

/**
 * @param {(typeof keyMetrics)[number]} row
 * @param {SummaryData} data
 */
function measureOf({ metric, value, unit, above, below, factor = 1 }, data) {
  const raw = data.metrics[metric]?.values[value];
  const measured = raw === undefined ? null : raw * factor;
  const isMet = measured !== null && measured > (above ?? -Infinity) && measured < (below ?? Infinity);
  return { measured, isMet, target: `${above === undefined ? '<' : '>'} ${above ?? below}${unit}` };
}

/**
 * @param {SummaryData} data
 * @returns {Threshold[]}
 */
function thresholdsOf({ metrics }) {
  return Object.entries(metrics).flatMap(([metric, { values, thresholds = {} }]) =>
    Object.entries(thresholds).map(([expression, { ok }]) => ({
      metric,
      expression,
      isMet: ok,
      measured: values[expression.split(/[<>=!\s]/)[0] ?? ''],
    })),
  );
}

/**
 * One sentence.
 * @param {string} expectation
 * @param {number} dropped
 * @param {readonly Threshold[]} thresholds
 */
function verdictOf(expectation, dropped, thresholds) {
  if (dropped > 0)
    return `Nothing was proved: ${dropped} iterations were dropped, because the load generator had no VU free for them.`;
  const crossed = thresholds.filter(({ isMet }) => !isMet).length;
  if (crossed === 0) return `${meanings[/** @type {keyof typeof meanings} */ (expectation)]}.`;
  return `EXPECT=${expectation}: not so, ${crossed} of ${thresholds.length} thresholds are crossed.`;
}

/**
 * @param {{ script: string, expect: string, fix: string, baseUrl: string, seconds: number, thresholds: Threshold[],
 *   keyMetrics: { name: string, measured: number | null, target: string, isMet: boolean }[] }} document
 */
function linesOf({ script, expect, fix, baseUrl, seconds, keyMetrics, thresholds }) {
  return [
    `${script}   EXPECT=${expect}   FIX=${fix}   ${baseUrl}   ${Math.round(seconds)} s`,
    '',
    'Key metrics of the whole run, beside the targets of a healthy service',
    ...keyMetrics.map(
      ({ name, measured, target, isMet }) =>
        `  ${name.padEnd(14)}${show(measured).padStart(10)}   ${target.padEnd(10)}  ${isMet ? 'met' : 'missed'}`,
    ),
    '  CPU, memory    not to be seen from here   < 80 % of the limit: ./scripts/monitor.sh or kubectl top pods',
    '',
    'Thresholds',
    ...thresholds.map(
      ({ metric, expression, isMet, measured }) =>
        `  ${isMet ? '✓' : '✗'} ${metric}: ${expression}   (${show(measured)})`,
    ),
    '',
  ];
}

/** @param {number | null | undefined} value */
function show(value) {
  return typeof value === 'number' ? String(Number(value.toFixed(value < 10 ? 3 : 1))) : 'no value';
}
