import { parseAggregation } from './aggregation.ts';
import type { CheckResult, GroupResult, SummaryData, SummaryMetric, ThresholdReport } from './engine.ts';
import { builtinMetrics } from './metric.ts';
import { type Row, rowWriter } from './text-summary-rows.ts';
import { formatMeasured, formatNumber, formatPercent, toCells } from './text-summary-values.ts';

export interface TextSummaryOptions {
  readonly colour: boolean;
  /** Stands before every line. */
  readonly indent: string;
  /** For thresholds on statistics that the summary's values lack, such as `p(99.9)`. */
  readonly measured?: ThresholdReport['measured'];
}

type Metrics = SummaryData['metrics'];

const builtin = new Set(builtinMetrics.map(({ name }) => name));
const sections = ['CUSTOM', 'HTTP', 'EXECUTION', 'NETWORK'] as const;

/** Parts of a request's duration are shown where a threshold asks for them; handleSummary has them all. */
const details = /^http_req_(?:blocked|connecting|tls_handshaking|sending|waiting|receiving)$/;

/** The end-of-test summary for people, with the sections of k6's own. */
export function textSummary(data: SummaryData, options: TextSummaryOptions): string {
  const paint = painter(options.colour);
  const checks = allChecks(data.root_group);
  const checkRows = toCheckRows(data);
  const sectionRows = sections.map((name) => ({ name, rows: toSectionRows(data.metrics, name) }));
  const write = rowWriter([...checkRows, ...sectionRows.flatMap(({ rows }) => rows)]);
  const thresholds = toThresholdLines(data.metrics, options.measured ?? {}, paint);

  const blocks = [
    ['made by lab k6 run, not k6'],
    ...(thresholds.length > 0 ? [[paint.bold('█ THRESHOLDS')], ...thresholds] : []),
    [paint.bold('█ TOTAL RESULTS')],
    checkRows.map((row) => `  ${write(row)}`),
    checks.flatMap((check) => toCheckLines(check, paint)),
    ...sectionRows.map(({ name, rows }) =>
      rows.length === 0 ? [] : [`  ${paint.bold(name)}`, ...rows.map((row) => `  ${write(row)}`)],
    ),
  ];
  const lines = blocks.filter((block) => block.length > 0).flatMap((block) => [...block, '']);
  return lines.map((line) => `${options.indent}${line}`.trimEnd()).join('\n');
}

function toThresholdLines(
  metrics: Metrics,
  measured: ThresholdReport['measured'],
  paint: Painter,
): string[][] {
  return sorted(metrics).flatMap(([key, metric]) => {
    const lines = Object.entries(metric.thresholds ?? {}).map(([expression, { ok }]) => {
      const name = /^[^<>=!]*/.exec(expression)?.[0].trim() ?? '';
      const value = measured[`${key}: ${expression}`] ?? metric.values[name];
      const method = parseAggregation(name)?.method;
      const shown =
        value === undefined || method === undefined
          ? ''
          : ` ${name}=${formatMeasured(metric, method, value)}`;
      return `  ${paint.mark(ok)} '${expression}'${shown}`;
    });
    return lines.length === 0 ? [] : [[`  ${key}`, ...lines]];
  });
}

function toCheckRows({ metrics, state }: SummaryData): Row[] {
  const { checks } = metrics;
  if (checks === undefined) return [];
  const { passes = 0, fails = 0 } = checks.values;
  const total = passes + fails;
  const perSecond = state.testRunDurationMs > 0 ? (total * 1000) / state.testRunDurationMs : 0;
  const share = (part: number) => [formatPercent(total === 0 ? 0 : part / total), `${part} out of ${total}`];
  return [
    { label: 'checks_total', cells: [formatNumber(total), `${formatNumber(perSecond)}/s`], kind: 'plain' },
    { label: 'checks_succeeded', cells: share(passes), kind: 'plain' },
    ...toSubmetricRows(metrics, 'checks'),
    { label: 'checks_failed', cells: share(fails), kind: 'plain' },
  ];
}

function toCheckLines({ path, passes, fails }: CheckResult, paint: Painter): string[] {
  const line = `  ${paint.mark(fails === 0)} ${path.split('::').slice(1).join(' › ')}`;
  if (fails === 0) return [line];
  const share = formatPercent(passes / (passes + fails));
  return [line, `    ↳  ${share} — ✓ ${passes} / ✗ ${fails}`];
}

function toSectionRows(metrics: Metrics, section: (typeof sections)[number]): Row[] {
  return sorted(metrics).flatMap(([key, metric]) => {
    if (key.includes('{') || key === 'checks' || sectionOf(key) !== section) return [];
    const submetrics = toSubmetricRows(metrics, key);
    const isDetail = details.test(key) && metric.thresholds === undefined && submetrics.length === 0;
    return isDetail ? [] : [toRow(key, metric), ...submetrics];
  });
}

function toSubmetricRows(metrics: Metrics, parent: string): Row[] {
  return sorted(metrics)
    .filter(([key]) => key.startsWith(`${parent}{`))
    .map(([key, metric]) =>
      toRow(`  { ${key.slice(parent.length + 1, key.lastIndexOf('}')).trim()} }`, metric),
    );
}

function toRow(label: string, metric: SummaryMetric): Row {
  return { label, cells: toCells(metric), kind: metric.type === 'trend' ? 'trend' : 'plain' };
}

function sectionOf(name: string): (typeof sections)[number] {
  if (!builtin.has(name)) return 'CUSTOM';
  if (name.startsWith('http_')) return 'HTTP';
  return name.startsWith('data_') ? 'NETWORK' : 'EXECUTION';
}

function sorted(metrics: Metrics): [string, SummaryMetric][] {
  return Object.entries(metrics).sort(([a], [b]) => (a < b ? -1 : 1));
}

function allChecks({ checks, groups }: GroupResult): CheckResult[] {
  return [...checks, ...groups.flatMap(allChecks)];
}

interface Painter {
  bold(text: string): string;
  mark(ok: boolean): string;
}

function painter(colour: boolean): Painter {
  const paint = (code: number, text: string) => (colour ? `\u001B[${code}m${text}\u001B[0m` : text);
  return { bold: (text) => paint(1, text), mark: (ok) => (ok ? paint(32, '✓') : paint(31, '✗')) };
}
