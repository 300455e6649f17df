import { expect, it } from 'vitest';
import { sampleRun } from '../../test/fixtures/sample-run.ts';
import { cascade, tasks } from '../../test/fixtures/sample-seconds.ts';
import { breakerState } from '../panels/breaker-state.ts';
import { goodPerSecond } from '../panels/good-per-second.ts';
import { goodput } from '../panels/goodput.ts';
import { latency } from '../panels/latency.ts';
import { outcomes } from '../panels/outcomes.ts';
import { toCharts } from './chart-data.ts';
import { toRunDocument } from './fold.ts';
import { toRunView } from './view.ts';

const events = sampleRun();
const [view] = toRunView(toRunDocument(events), events).scenarios;
if (view === undefined) throw new Error('the sample run has no scenario');

it('shows the route that the scenario is about first, with a label for each arm', () => {
  const [first, second] = toCharts(view, goodput, 100);
  expect([first?.route, second?.route]).toEqual([tasks, cascade]);
  expect(first?.chart.labels.map(({ text }) => text)).toContain('larger-pool 5 %');
  expect(second?.chart.labels).toEqual([]);
});

it('makes a chart of its own for each percentile', () => {
  const titles = toCharts(view, latency, 100).map(({ title }) => title);
  expect(titles).toEqual([
    `Latency p50: ${tasks}`,
    `Latency p99: ${tasks}`,
    `Latency p50: ${cascade}`,
    `Latency p99: ${cascade}`,
  ]);
});

it('draws what was offered once, behind the arms', () => {
  const [first] = toCharts(view, goodPerSecond, 100);
  expect(first?.chart.lines.map(({ className }) => className)).toEqual([
    'reference',
    'line-0',
    'line-3',
    'line-1',
    'line-2',
  ]);
});

it('stacks the outcomes of an arm up to what was offered', () => {
  const [first] = toCharts(view, outcomes, 100);
  expect(first?.columns.map(({ name }) => name)).toEqual(['good', 'timeout']);
  expect(first?.chart.lines.at(-1)?.points.every(({ value }) => value === 80)).toBe(true);
});

it('draws states as steps', () => {
  const [chart] = toCharts(view, breakerState, 100);
  const moments = chart?.chart.lines[1]?.points.filter(({ atSecond }) => atSecond === 7) ?? [];
  expect(moments.map(({ value }) => value)).toEqual([0, 2]);
});

it('leaves out a chart in which nothing ever happens', () => {
  const quiet = events.map((event) =>
    event.type === 'sample' && event.sample.metrics !== null
      ? { ...event, sample: { ...event.sample, metrics: { lab_circuit_breaker_state: 0 } } }
      : event,
  );
  const [still] = toRunView(toRunDocument(quiet), quiet).scenarios;
  expect(still === undefined ? undefined : toCharts(still, breakerState, 100)).toEqual([]);
});
