import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { createTestFolder } from './local-target.ts';
import { documentedMetrics, observedMetrics } from './metric-names.ts';
import { hasPromtool, metricsOf, readRules, ruleFiles, runPromtool } from './promql.ts';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly refId: string }[];
}

interface Board {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
  readonly panels: readonly Panel[];
}

const text = readFileSync(
  join(import.meta.dirname, '../observability/grafana/backend-load-testing.json'),
  'utf8',
);
const board = JSON.parse(text) as Board;
const graphs = board.panels.filter(({ type }) => type !== 'row');
/** With the variables of the board put in, as Grafana does. */
const queries = [...graphs.flatMap(({ targets = [] }) => targets), ...board.annotations.list].map(
  ({ expr }) => expr.replaceAll('$__rate_interval', '5m').replaceAll('$route', '/api/.+'),
);

describe('the Grafana board', () => {
  it('reads nothing but what the services export, what the rules record, and the alerts', () => {
    const recorded = ruleFiles.flatMap(readRules).flatMap(({ record }) => record ?? []);
    const known = [...documentedMetrics(), ...observedMetrics(), ...recorded, 'up', 'ALERTS'];
    for (const query of queries) expect(known, query).toEqual(expect.arrayContaining(metricsOf(query)));
  });

  it('has a query in each panel, names of its own, and no panel over another', () => {
    expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length);
    for (const { targets = [], title } of graphs) expect(targets.length, title).toBeGreaterThan(0);
    const cells = board.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos, title } of board.panels)
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
  });

  it('asks the data source that the reader chooses, and no other', () => {
    const uids = [...text.matchAll(/"uid": "([^"]+)"/g)].map(([, uid]) => uid);
    expect(new Set(uids)).toEqual(new Set(['${datasource}', board.uid]));
  });

  it('has only queries that Prometheus can parse', (context) => {
    context.skip(!hasPromtool, 'promtool is not on PATH');
    const file = join(createTestFolder(), 'queries.yml');
    const rules = queries.map((expr, index) => ({ record: `query_${index}`, expr }));
    writeFileSync(file, stringify({ groups: [{ name: 'board', rules }] }));
    const { ok, said } = runPromtool(['check', 'rules', file]);
    expect(ok, said).toBe(true);
  });
});
