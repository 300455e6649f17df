import { expect, it } from 'vitest';
import { parseXml } from '../../test/fixtures/parse-xml.ts';
import { goodput } from '../panels/goodput.ts';
import { createScale } from './scale.ts';
import { type Chart, renderChart } from './svg.ts';

const points = (...values: (number | null)[]) =>
  values.map((value, index) => ({ atSecond: index + 0.5, value }));
const chart: Chart = {
  description: 'Goodput & <more>',
  durationSeconds: 10,
  heightPx: 100,
  scale: createScale(goodput, 1),
  lines: [
    {
      className: 'line-0',
      dash: '7 4',
      widthPx: 2,
      points: points(1, 0.5, null, 0, 0),
    },
  ],
  trigger: {
    startSecond: 2,
    endSecond: 5,
  },
  during: {
    startSecond: 3,
    endSecond: 4,
  },
  labels: [],
};
const traces = (svg: string) =>
  [...svg.matchAll(/<path class="(?:trace|area)[^>]* d="([^"]*)"/g)].map(([, path]) => path);

it('is well-formed and says in words what it shows', () => {
  expect(parseXml(renderChart(chart)).attributes).toMatchObject({
    role: 'img',
    'aria-label': 'Goodput & <more>',
  });
});

it('draws values at their moments and leaves gaps open', () => {
  expect(traces(renderChart(chart))).toEqual(['M0.5 0L1.5 50M3.5 100L4.5 100']);
});

it('shows a lone value between gaps', () => {
  const line = { className: 'line-0', dash: '', widthPx: 2, points: points(null, 1, null) };
  expect(traces(renderChart({ ...chart, lines: [line] }))).toEqual(['M1.5 0h0.2']);
});

it('shades exactly the trigger', () => {
  expect(renderChart(chart)).toContain('class="trigger" x="20%" y="0" width="30%"');
  expect(renderChart({ ...chart, trigger: null })).not.toContain('trigger');
});

it('stacks an area on its floor', () => {
  const line = { className: 'a', dash: '', widthPx: 0, points: points(0.5, 1), floor: [0, 0.5] };
  expect(traces(renderChart({ ...chart, lines: [line] }))).toEqual(['M0.5 50L1.5 0L1.5 50L0.5 100Z']);
});

it('never puts two labels on one another', () => {
  const values = [1, 1, 0.99, 0.02, 0.01, 0];
  const labels = values.map((value, index) => ({ className: `line-${index}`, text: `arm ${index}`, value }));
  const svg = renderChart({ ...chart, heightPx: 260, labels });
  const heights = [...svg.matchAll(/class="direct [^"]*" x="35%" y="([\d.-]+)"/g)].map(([, y]) => Number(y));
  heights.sort((left, right) => left - right);
  expect(heights).toHaveLength(6);
  heights.slice(1).forEach((y, index) => expect(y - (heights[index] ?? 0)).toBeGreaterThanOrEqual(15));
});
