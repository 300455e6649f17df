import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { syncTable } from '../app/test/support/pages.ts';
import {
  hasPromtool,
  metricsOf,
  readGroups,
  readRules,
  type RuleGroup,
  ruleFiles,
  rulesFolder,
  runPromtool,
} from './promql.ts';
import { documentedMetrics, observedMetrics } from './metric-names.ts';

const root = join(import.meta.dirname, '..');
const testsFolder = join(root, 'observability/prometheus/tests');
const testFiles = readdirSync(testsFolder).map((name) => join(testsFolder, name));
const rules = ruleFiles.flatMap(readRules);
const alerts = rules.flatMap(({ alert, ...rule }) => (alert === undefined ? [] : [{ name: alert, ...rule }]));
const recorded = rules.flatMap(({ record }) => (record === undefined ? [] : [record]));

describe('the rules of Prometheus', () => {
  it('read nothing but what the services export, what other rules record, and `up`', () => {
    const known = [...documentedMetrics(), ...recorded, 'up'];
    for (const file of ruleFiles.filter((name) => name !== 'containers.yml'))
      for (const { expr } of readRules(file))
        expect(known, expr).toEqual(expect.arrayContaining(metricsOf(expr)));
  });

  it('read what kube-state-metrics and cAdvisor know in the one group that is optional', () => {
    const others = ['kube_pod_container_resource_limits', 'kube_pod_container_status_last_terminated_reason'];
    const known = [...observedMetrics(), ...recorded, ...others];
    for (const { expr } of readRules('containers.yml'))
      expect(known, expr).toEqual(expect.arrayContaining(metricsOf(expr)));
  });

  it.each(alerts)(
    'say of $name what is wrong, what to look at, and where to read on',
    ({ annotations, labels }) => {
      expect(labels?.['severity']).toMatch(/^(page|warning)$/);
      expect(annotations?.['summary']).toMatch(/^[A-Z].*\.$/);
      expect(annotations?.['description']?.length).toBeGreaterThan(60);
      expect(existsSync(join(root, annotations?.['runbook'] ?? ''))).toBe(true);
    },
  );

  it.each(alerts)('are tested: $name fires for one series, and stays silent for another', ({ name }) => {
    const expected = testFiles
      .map((file) => readFileSync(file, 'utf8'))
      .filter((text) => text.includes(`alertname="${name}"`));
    expect(expected).toHaveLength(1);
  });

  it('are the table of docs/monitoring.md', async () => {
    const rows = alerts.map(({ name, labels, annotations = {} }) => {
      const page = annotations['runbook'] ?? '';
      const title = /([\w-]+)\.md$/.exec(page)?.[1]?.replace('README', 'all') ?? '';
      const summary = annotations['summary'] ?? '';
      return [`\`${name}\``, labels?.['severity'] ?? '', summary, `[${title}](${page.replace('docs/', '')})`];
    });
    const head = ['alert', 'severity', 'what it says', 'scenario'];
    const { documented, actual } = await syncTable('docs/monitoring.md', 'alerts', head, rows);
    expect(documented).toEqual(actual);
  });

  it('become objects of the operator by a script, unchanged', () => {
    const text = execFileSync('bash', [join(root, 'k8s/monitoring/prometheus-rules.sh')], {
      encoding: 'utf8',
    });
    const objects = parseAllDocuments(text).map(
      (document) => document.toJS() as { kind: string; spec: { groups: readonly RuleGroup[] } },
    );
    expect(objects.map(({ kind }) => kind)).toEqual(ruleFiles.map(() => 'PrometheusRule'));
    expect(objects.map(({ spec }) => spec.groups)).toEqual(ruleFiles.map(readGroups));
  });

  it('are shorter for the proof in windows, offsets and waits, and in nothing else', () => {
    const library = join(root, 'scripts/lib/scaled-rules.mjs');
    const program = `import { scaleRules } from ${JSON.stringify(library)}; console.log(scaleRules(process.argv[1], 60))`;
    const text = execFileSync(process.execPath, ['--input-type=module', '--eval', program, rulesFolder], {
      encoding: 'utf8',
    });
    const scaled = (parse(text) as { groups: readonly RuleGroup[] }).groups.flatMap((group) => group.rules);
    const find = (name: string) => scaled.find(({ alert, record }) => (alert ?? record) === name);
    expect(find('MemoryGrows')).toMatchObject({
      for: '2000ms',
      expr: expect.stringContaining('[10000ms]) > 100e6') as string,
    });
    expect(find('job:http_errors:ratio6h')?.expr).toContain(
      'sum_over_time(job:http_errors:rate5m[360000ms])',
    );
    expect(find('ServiceDown')?.expr).toBe(alerts.find(({ name }) => name === 'ServiceDown')?.expr);
    expect(scaled).toHaveLength(rules.length);
  });
});

describe('promtool', () => {
  it('takes the configuration of Compose with all rules', (context) => {
    context.skip(!hasPromtool, 'promtool is not on PATH');
    const { ok, said } = runPromtool([
      'check',
      'config',
      join(root, 'observability/prometheus/prometheus.yml'),
    ]);
    expect(said).toContain(`${ruleFiles.length} rule files found`);
    expect(ok, said).toBe(true);
  });

  it('finds that each alert fires where it should, and not where it should not', (context) => {
    context.skip(!hasPromtool, 'promtool is not on PATH');
    const { ok, said } = runPromtool(['test', 'rules', ...testFiles]);
    expect(ok, said).toBe(true);
  });
});
