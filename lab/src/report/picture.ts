import type { LabEvent } from '../core/events.ts';
import { goodput } from '../panels/goodput.ts';
import { toCharts } from './chart-data.ts';
import { lightColours } from './html-style.ts';
import { toRunDocument } from './fold.ts';
import { escapeMarkup } from './markup.ts';
import { lineRules } from './palette.ts';
import { chartRules, renderChart } from './svg.ts';
import { type ScenarioView, toRunView } from './view.ts';
import { verdictMeaning } from './words.ts';

export interface PictureOptions {
  /** Name of the scenario to draw; the first one of the run by default. */
  readonly scenario?: string;
}

const widthPx = 900;
const plot = { left: 64, top: 104, width: 806, height: 260 } as const;
const legendRowPx = 26;
const legendColumns = 2;

/**
 * The main timeline of a scenario as a picture of its own (SVG, light background, 900 px wide), for a README.
 * Throws when the events hold no timeline of such a scenario.
 */
export function renderPicture(events: readonly LabEvent[], options: PictureOptions = {}): string {
  const { scenarios, document } = toRunView(toRunDocument(events), events);
  const view = scenarios.find(
    ({ result }) => options.scenario === undefined || result.name === options.scenario,
  );
  const [main] = view === undefined ? [] : toCharts(view, goodput, plot.height);
  if (view === undefined || main === undefined)
    throw new Error(`there is no timeline of ${options.scenario ?? 'a scenario'} in this recording`);
  const legendTop = plot.top + plot.height + 58;
  const rows = Math.ceil(view.arms.length / legendColumns);
  const heightPx = legendTop + rows * legendRowPx + 18;
  const commit =
    document.environment.commit === null ? '' : `, commit ${document.environment.commit.slice(0, 7)}`;
  const source = `${document.startedAt.slice(0, 10)}, seed ${document.seed}${commit}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}" viewBox="0 0 ${widthPx} ${heightPx}" role="img" aria-label="${escapeMarkup(main.chart.description)}">
<style>svg{${lightColours}}
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif}
${chartRules}
${lineRules(
  view.arms.map(({ style }) => style),
  'light',
)}</style>
<rect width="${widthPx}" height="${heightPx}" fill="#ffffff"/>
<text x="20" y="34" font-size="${titlePxOf(view.result.question)}" font-weight="700" fill="#16202b">${escapeMarkup(view.result.question)}</text>
<text x="20" y="59" font-size="14" fill="#55606d">${escapeMarkup(`${main.title}, the share of its requests that were answered well and in time, second by second`)}</text>
<svg x="${plot.left}" y="${plot.top}" width="${plot.width}" height="${plot.height + 22}" overflow="visible">
${renderChart(main.chart)}
</svg>
${renderLegend(view, legendTop)}
<text x="${widthPx - 20}" y="${heightPx - 12}" text-anchor="end" font-size="11" fill="#55606d">${escapeMarkup(source)}</text>
</svg>
`;
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
