import type { LabEvent } from '../core/events.ts';
import { goodput } from '../panels/goodput.ts';
import { type ChartView, toCharts } from './chart-data.ts';
import { lightColours } from './html-style.ts';
import { toRunDocument } from './fold.ts';
import { escapeMarkup } from './markup.ts';
import { lineRules } from './palette.ts';
import { chartRules, renderChart } from './svg.ts';
import { type ScenarioView, toRunView } from './view.ts';
import { mainRouteOf, verdictMeaning } from './words.ts';

export interface PictureOptions {
  /** Name of the scenario to draw; the first one of the run by default. */
  readonly scenario?: string;
}

const widthPx = 900;
/** Heights of one plot, and of each where there are several. */
const plot = { left: 64, width: 806, aloneHeight: 260, sharedHeight: 170 } as const;
/** A chart's title, its plot below that, and the next chart. */
const subtitleTop = 59;
const toPlotPx = 45;
const toNextPx = 66;
const legendRowPx = 26;
const legendColumns = 2;

/**
 * The main timeline of a scenario as a picture of its own (SVG, light background, 900 px wide), for a README; one more
 * for arms that never ask for its route. Throws when the events hold no timeline of such a scenario.
 */
export function renderPicture(events: readonly LabEvent[], options: PictureOptions = {}): string {
  const { scenarios, document } = toRunView(toRunDocument(events), events);
  const view = scenarios.find(
    ({ result }) => options.scenario === undefined || result.name === options.scenario,
  );
  const charts = view === undefined ? [] : chartsOf(view);
  const [main] = charts;
  if (view === undefined || main === undefined)
    throw new Error(`there is no timeline of ${options.scenario ?? 'a scenario'} in this recording`);
  const pitchPx = toPlotPx + main.chart.heightPx + toNextPx;
  const legendTop = subtitleTop + charts.length * pitchPx - 8;
  const rows = Math.ceil(view.arms.length / legendColumns);
  const heightPx = legendTop + rows * legendRowPx + 18;
  const commit =
    document.environment.commit === null ? '' : `, commit ${document.environment.commit.slice(0, 7)}`;
  const source = `${document.startedAt.slice(0, 10)}, seed ${document.seed}${commit}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}" viewBox="0 0 ${widthPx} ${heightPx}" role="img" aria-label="${escapeMarkup(charts.map(({ chart }) => chart.description).join(' '))}">
<style>svg{${lightColours}}
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif}
${chartRules}
${lineRules(
  view.arms.map(({ style }) => style),
  'light',
)}</style>
<rect width="${widthPx}" height="${heightPx}" fill="#ffffff"/>
<text x="20" y="34" font-size="${titlePxOf(view.result.question)}" font-weight="700" fill="#16202b">${escapeMarkup(view.result.question)}</text>
${charts.map((one, index) => renderTimeline(one, subtitleTop + index * pitchPx)).join('\n')}
${renderLegend(view, legendTop)}
<text x="${widthPx - 20}" y="${heightPx - 12}" text-anchor="end" font-size="11" fill="#55606d">${escapeMarkup(source)}</text>
</svg>
`;
}

/** Goodput of the scenario's route, then of the route of each arm that has no line yet. */
function chartsOf(view: ScenarioView): ChartView[] {
  const charts: ChartView[] = [];
  for (const { result } of view.arms) {
    const shows = ({ columns }: ChartView) => columns.some(({ name }) => name === result.name);
    if (charts.some(shows)) continue;
    const [chart] = toCharts({ ...view, mainRoute: mainRouteOf(result) }, goodput, plot.aloneHeight);
    if (chart !== undefined && (charts.length === 0 || shows(chart))) charts.push(chart);
  }
  if (charts.length < 2) return charts;
  return charts.map((one) => ({ ...one, chart: { ...one.chart, heightPx: plot.sharedHeight } }));
}

function renderTimeline({ title, chart }: ChartView, top: number): string {
  return `<text x="20" y="${top}" font-size="14" fill="#55606d">${escapeMarkup(`${title}, the share of its requests that were answered well and in time, second by second`)}</text>
<svg x="${plot.left}" y="${top + toPlotPx}" width="${plot.width}" height="${chart.heightPx + 22}" overflow="visible">
${renderChart(chart)}
</svg>`;
}

/** Bold letters of common fonts are about 0.62 em wide: a long question gets smaller letters, not an end cut off. */
function titlePxOf(question: string): number {
  return Math.min(19, Math.floor((widthPx - 40) / (0.62 * question.length)));
}

function renderLegend({ arms }: ScenarioView, topPx: number): string {
  const columnPx = (widthPx - 40) / legendColumns;
  return arms
    .map(({ result, style }, index) => {
      const x = 20 + (index % legendColumns) * columnPx;
      const y = topPx + Math.floor(index / legendColumns) * legendRowPx;
      const dash = style.dash === '' ? '' : ` stroke-dasharray="${style.dash}"`;
      return `<g class="chart"><line class="trace ${style.name}" x1="${x}" x2="${x + 36}" y1="${y - 4}" y2="${y - 4}" stroke-width="${style.widthPx}"${dash}/><text x="${x + 46}" y="${y}" style="font-size:14px;fill:#16202b"><tspan font-weight="700">${escapeMarkup(result.name)}</tspan> ${escapeMarkup(`${result.verdict}: ${verdictMeaning[result.verdict]}`)}</text></g>`;
    })
    .join('\n');
}
