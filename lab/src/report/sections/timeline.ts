import { goodPerSecond } from '../../panels/good-per-second.ts';
import { goodput } from '../../panels/goodput.ts';
import { latency } from '../../panels/latency.ts';
import { outcomes } from '../../panels/outcomes.ts';
import { type ChartView, toCharts } from '../chart-data.ts';
import { type Markup, html } from '../markup.ts';
import { outcomeHues } from '../palette.ts';
import { compareSetups } from '../setup-words.ts';
import type { ScenarioView } from '../view.ts';
import { renderFigure, renderLegend } from './figure.ts';

/** Panels that this section shows; every other one belongs to the mechanism. */
export const timelinePanels: readonly string[] = [goodput, goodPerSecond, latency, outcomes].map(
  ({ name }) => name,
);

/** Goodput of the main route with all arms overlaid, then latency and the other routes; the rest can be unfolded. */
export function renderTimeline(view: ScenarioView): Markup {
  const [main, ...otherGoodput] = toCharts(view, goodput, 260);
  if (main === undefined) return html``;
  const latencies = toCharts(view, latency, 150);
  const isBeside = ({ route, line }: ChartView) => route === view.mainRoute && line === 'p99';
  const beside = [...latencies.filter(isBeside), ...otherGoodput.map(lower)];
  const rest = [...latencies.filter((chart) => !isBeside(chart)), ...toCharts(view, goodPerSecond, 150)];
  const stacks = toCharts(view, outcomes, 120);
  const watch = view.story === null ? null : html`<p><b>What to watch:</b> ${view.story.watch}</p>`;
  return html`<h3>Second by second</h3>
    ${watch}
    <p class="quiet">
      ${loadSentence(view)} The shaded band is the time in which the trigger is on; the bar at its foot marks
      the seconds that the verdicts are computed from.
    </p>
    ${renderLegend(view.arms)} ${renderFigure(main, true)}
    <div class="pair">${beside.map((chart) => renderFigure(chart, true))}</div>
    <details class="more">
      <summary>More timelines: latency and good answers of every route, outcomes of every arm</summary>
      ${renderLegend(view.arms)}
      <div class="pair">${rest.map((chart) => renderFigure(chart, false))}</div>
      <h4>${outcomes.title}</h4>
      <p class="quiet">${outcomes.meaning}</p>
      ${renderOutcomeLegend(stacks)}
      <div class="pair">${stacks.map((chart) => renderFigure(chart, false))}</div>
    </details>`;
}

function loadSentence({ result }: ScenarioView): string {
  return compareSetups(result.arms).differing.includes('load')
    ? 'Not all arms got the same load: the set-up below says which had what.'
    : 'All arms got the same load.';
}

function lower(view: ChartView): ChartView {
  return { ...view, chart: { ...view.chart, heightPx: 150 } };
}

function renderOutcomeLegend(stacks: readonly ChartView[]): Markup {
  const shown = Object.keys(outcomeHues).filter((outcome) =>
    stacks.some(({ columns }) => columns.some(({ name }) => name === outcome)),
  );
  const items = shown.map(
    (outcome) => html`<li><span class="box outcome-${outcome}"></span> ${outcome}</li>`,
  );
  return html`<ul class="legend" aria-label="Colours of the outcomes">
    ${items}
  </ul>`;
}
