import { allPanels } from '../../panels/all-panels.ts';
import { toCharts } from '../chart-data.ts';
import { type Markup, html, table } from '../markup.ts';
import type { ScenarioView } from '../view.ts';
import { formatMechanism, mechanismWords } from '../words.ts';
import { renderFigure, renderLegend } from './figure.ts';
import { timelinePanels } from './timeline.ts';

/** The counters that show why: as figures for each arm, and over time. */
export function renderMechanism(view: ScenarioView): Markup {
  const measures = [...new Set(view.arms.flatMap(({ result }) => Object.keys(result.mechanism)))];
  const charts = allPanels
    .filter(({ name }) => !timelinePanels.includes(name))
    .flatMap((panel) => toCharts(view, panel, 130));
  if (measures.length + charts.length === 0) return html``;
  const rows = measures.map((measure) => [
    mechanismWords(measure),
    ...view.arms.map(({ result }) => formatMechanism(measure, result.mechanism[measure] ?? null)),
  ]);
  const figures = table({
    caption: 'Counters that the services keep themselves, in the phase that each claim is about.',
    head: ['counter', ...view.arms.map(({ result }) => result.name)],
    rows,
    numeric: view.arms.map((_, index) => index + 1),
  });
  return html`<h3>Why: the mechanism’s own counters</h3>
    ${measures.length === 0 ? null : figures} ${renderIncidents(view)}
    ${charts.length === 0 ? null : renderLegend(view.arms)}
    <div class="pair">${charts.map((chart) => renderFigure(chart, true))}</div>`;
}

/** Each end of a process; nothing where none ended. */
function renderIncidents({ arms }: ScenarioView): Markup | null {
  const rows = arms.flatMap(({ result }) =>
    result.incidents.map(({ atSecond, replica, reason, exitCode }) => [
      result.name,
      replica,
      `second ${atSecond.toFixed(1)}`,
      reason,
      exitCode,
    ]),
  );
  if (rows.length === 0) return null;
  return table({
    caption: 'Ends of processes that nobody had asked for.',
    head: ['arm', 'replica', 'when', 'reason', 'exit code'],
    rows,
    numeric: [4],
  });
}
