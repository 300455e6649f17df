import { expect, it } from 'vitest';
import { sampleArms, sampleRun } from '../../test/fixtures/sample-run.ts';
import { createJsonLines } from './json-lines.ts';

const startMs = Date.parse('2026-03-01T10:15:00Z');
const fold = createJsonLines(() => startMs);
const lines = sampleRun(sampleArms.slice(0, 1)).flatMap(fold);

interface Line {
  readonly type: string;
  readonly metric: string;
  readonly data: Readonly<Record<string, unknown>>;
}

it("has the shape of k6's JSON output: a metric before its points", () => {
  const first = lines.findIndex((line) => line.includes('lab_load_requests_total'));
  expect(lines.slice(first, first + 2)).toEqual([
    '{"type":"Metric","data":{"name":"lab_load_requests_total","type":"counter","contains":"default","thresholds":[],"submetrics":null},"metric":"lab_load_requests_total"}',
    '{"metric":"lab_load_requests_total","type":"Point","data":{"time":"2026-03-01T10:15:01.000Z","value":80,"tags":{"run":"2026-03-01-101500-cascade-failure","scenario":"cascade-failure","arm":"unprotected","attempt":"1","route":"GET /api/tasks","outcome":"good"}}}',
  ]);
});

it('announces each metric once, and adds up to what the run offered', () => {
  const parsed = lines.map((line) => JSON.parse(line) as Line);
  const announced = parsed.filter(({ type }) => type === 'Metric').map(({ metric }) => metric);
  expect(announced).toEqual([...new Set(announced)]);
  const counted = parsed.filter(
    ({ type, metric }) => type === 'Point' && metric === 'lab_load_requests_total',
  );
  expect(counted.reduce((sum, { data }) => sum + Number(data['value']), 0)).toBe(1900);
  expect(counted.every(({ data }) => data['value'] !== 0)).toBe(true);
});
