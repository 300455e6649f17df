import type { ArmResult } from '../../core/document.ts';
import type { ChartView } from '../chart-data.ts';
import { type Markup, html, raw, table } from '../markup.ts';
import type { LineStyle } from '../palette.ts';
import { toTickText } from '../scale.ts';
import { renderChart } from '../svg.ts';
import type { ArmView } from '../view.ts';
import { roleWords, verdictMeaning } from '../words.ts';

/** A chart with its heading, its meaning, and its figures as a table (which the read-out under the pointer uses too). */
export function renderFigure(view: ChartView, withMeaning: boolean): Markup {
  const { panel, title, chart, columns } = view;
  const seconds = Array.from({ length: Math.ceil(chart.durationSeconds) }, (_, second) => second);
  const bySecond = columns.map(
    ({ series }) =>
      new Map(series.points.map(({ atSecond, value }) => [Math.floor(atSecond), value] as const)),
  );
  const rows = seconds.map((second) => [
    second,
    ...bySecond.map((values) => toTickText(panel, values.get(second) ?? null)),
  ]);
  const figures = table({
    caption: `${title}, second by second`,
    head: ['second', ...columns.map(({ name }) => name)],
    rows,
    numeric: columns.map((_, index) => index + 1),
  });
  return html`<figure>
    <figcaption>
      <b>${title}</b>${withMeaning ? html` <span class="quiet">${panel.meaning}</span>` : null}
    </figcaption>
    <div class="plot">${raw(renderChart(chart))}</div>
    <p class="readout" hidden></p>
    <details>
      <summary>Figures of this chart</summary>
      ${figures}
    </details>
  </figure> `;
}

/** A piece of the line of an arm, as a key to charts. */
export function swatch({ name, dash, widthPx }: LineStyle): Markup {
  return html`<svg class="swatch" width="34" height="10" aria-hidden="true">
    <line
      class="trace ${name}"
      x1="1"
      x2="33"
      y1="5"
      y2="5"
      stroke-width="${widthPx}"
      stroke-dasharray="${dash === '' ? 'none' : dash}"
    />
  </svg>`;
}

export function renderLegend(arms: readonly ArmView[]): Markup {
  const items = arms.map(
    ({ result, style }) =>
      html`<li>
        ${swatch(style)} ${result.name} <span class="quiet">${verdictMeaning[result.verdict]}</span>
      </li>`,
  );
  return html`<ul class="legend" aria-label="Lines of the charts">
    ${items}
  </ul>`;
}

/** The role of an arm, where its name does not say it already. */
export function roleTag({ name, role }: Pick<ArmResult, 'name' | 'role'>): Markup | null {
  return name === role ? null : html`<span class="role">${roleWords(role)}</span>`;
}
