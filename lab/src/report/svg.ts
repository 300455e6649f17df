import type { Window } from '../core/events.ts';
import { escapeMarkup } from './markup.ts';
import type { Scale } from './scale.ts';
import { secondTicks } from './scale.ts';

export interface ChartLine {
  /** Class that sets the colour `--line`. */
  readonly className: string;
  readonly dash: string;
  readonly widthPx: number;
  readonly points: readonly { readonly atSecond: number; readonly value: number | null }[];
  /** For a stack: the lower edge of the area at each point; without it a line is drawn. */
  readonly floor?: readonly number[];
}

/** A text beside a line, at a moment and a value. */
export interface ChartLabel {
  readonly className: string;
  readonly text: string;
  readonly value: number;
}

export interface Chart {
  /** For those who cannot see it: what it shows, and what is to be seen. */
  readonly description: string;
  readonly durationSeconds: number;
  readonly heightPx: number;
  readonly scale: Scale;
  readonly lines: readonly ChartLine[];
  /** The disturbance, shaded; null: there was none. */
  readonly trigger: Window | null;
  /** The seconds that the verdict was computed from. */
  readonly during: Window | null;
  /** Texts beside the lines, placed in the middle of `during`. */
  readonly labels: readonly ChartLabel[];
}

/**
 * A chart as SVG. It is as wide as its place: moments are given in percent, and only the lines lie in an inner picture
 * that is stretched, so texts and strokes keep their size. Needs the rules of `chartRules` and a colour for `--line`.
 */
export function renderChart(chart: Chart): string {
  const description = escapeMarkup(chart.description);
  return `<svg class="chart" role="img" width="100%" height="${chart.heightPx + 22}" aria-label="${description}" data-seconds="${chart.durationSeconds}">
${renderWindows(chart)}${renderAxes(chart)}
<svg x="0" y="0" width="100%" height="${chart.heightPx}" viewBox="0 0 ${chart.durationSeconds} ${chart.heightPx}" preserveAspectRatio="none" overflow="visible">
${chart.lines.map((line) => renderLine(chart, line)).join('\n')}
</svg>
<line class="cursor" x1="0" x2="0" y1="0" y2="${chart.heightPx}" visibility="hidden"/>
${renderLabels(chart)}</svg>`;
}

/** Style of everything in a chart but the colours, which come as variables: --ink, --quiet, --grid, --shade, --paper. */
export const chartRules = `.chart{overflow:visible;font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif}
.chart text{fill:var(--quiet)}
.chart .grid{stroke:var(--grid);stroke-width:1}
.chart .trigger{fill:var(--shade)}
.chart .during{stroke:var(--quiet);stroke-width:4}
.chart .trace{fill:none;stroke:var(--line);stroke-linejoin:round;vector-effect:non-scaling-stroke}
.chart .area{fill:var(--line);stroke:none}
.chart .cursor{stroke:var(--ink);stroke-width:1}
.chart text.direct{fill:var(--line);font-weight:600;font-size:13px;paint-order:stroke;stroke:var(--shade);stroke-width:4px;stroke-linejoin:round}`;

function renderWindows({ trigger, during, durationSeconds, heightPx }: Chart): string {
  const percent = (second: number) => `${round((100 * second) / durationSeconds)}%`;
  const shade =
    trigger === null
      ? ''
      : `<rect class="trigger" x="${percent(trigger.startSecond)}" y="0" width="${percent(trigger.endSecond - trigger.startSecond)}" height="${heightPx}"/>
<text x="${percent(trigger.startSecond)}" dx="6" y="-6">trigger on</text>\n`;
  if (during === null) return shade;
  const [left, right] = [percent(during.startSecond), percent(during.endSecond)];
  return `${shade}<line class="during" x1="${left}" x2="${right}" y1="${heightPx + 3}" y2="${heightPx + 3}"/>\n`;
}

function renderAxes({ scale, durationSeconds, heightPx }: Chart): string {
  const rows = scale.ticks.map(({ value, text }) => {
    const y = yOf(scale, heightPx, value);
    return `<line class="grid" x1="0" x2="100%" y1="${y}" y2="${y}"/><text x="-8" y="${round(y + 4)}" text-anchor="end">${escapeMarkup(text)}</text>`;
  });
  const columns = secondTicks(durationSeconds).map((second) => {
    const x = `${round((100 * second) / durationSeconds)}%`;
    return `<text x="${x}" y="${heightPx + 18}" text-anchor="middle">${second === 0 ? '0 s' : second}</text>`;
  });
  return [...rows, ...columns].join('');
}

function renderLine({ scale, heightPx }: Chart, line: ChartLine): string {
  const at = (second: number, value: number) => `${round(second)} ${yOf(scale, heightPx, value)}`;
  const { floor } = line;
  if (floor !== undefined) {
    const upper = line.points.map(({ atSecond, value }) => at(atSecond, value ?? 0));
    const lower = line.points.map(({ atSecond }, index) => at(atSecond, floor[index] ?? 0)).toReversed();
    return `<path class="area ${line.className}" d="M${[...upper, ...lower].join('L')}Z"/>`;
  }
  const pieces = unbroken(line.points).map((piece) => {
    const places = piece.map(({ atSecond, value }) => at(atSecond, value));
    // A lone point would be invisible: it becomes a short stroke.
    return `M${places.join('L')}${places.length === 1 ? 'h0.2' : ''}`;
  });
  const dash = line.dash === '' ? '' : ` stroke-dasharray="${line.dash}"`;
  return `<path class="trace ${line.className}" stroke-width="${line.widthPx}"${dash} d="${pieces.join('')}"/>`;
}

/** Pieces between gaps: what is unknown is not drawn. */
function unbroken(points: ChartLine['points']): { atSecond: number; value: number }[][] {
  const pieces: { atSecond: number; value: number }[][] = [[]];
  for (const { atSecond, value } of points) {
    if (value === null) pieces.push([]);
    else pieces.at(-1)?.push({ atSecond, value });
  }
  return pieces.filter((piece) => piece.length > 0);
}

const labelStepPx = 17;

/** Low lines carry their texts above them, high lines below them, stacked so that none covers a line or another text. */
function renderLabels({ scale, heightPx, labels, during, durationSeconds }: Chart): string {
  if (during === null || labels.length === 0) return '';
  const x = `${round((50 * (during.startSecond + during.endSecond)) / durationSeconds)}%`;
  const placed = labels.map((label) => ({ label, y: yOf(scale, heightPx, label.value) }));
  const low = placed.filter(({ y }) => y > heightPx / 2).sort((left, right) => right.y - left.y);
  const high = placed.filter(({ y }) => y <= heightPx / 2).sort((left, right) => left.y - right.y);
  const foot = Math.min(...low.map(({ y }) => y)) - 16;
  const head = Math.max(...high.map(({ y }) => y)) + 20;
  return [
    ...low.map(({ label }, index) => ({ label, y: foot - index * labelStepPx })),
    ...high.map(({ label }, index) => ({ label, y: head + index * labelStepPx })),
  ]
    .map(
      ({ label, y }) =>
        `<text class="direct ${label.className}" x="${x}" y="${round(y)}" text-anchor="middle" aria-hidden="true">${escapeMarkup(label.text)}</text>`,
    )
    .join('\n');
}

function yOf(scale: Scale, heightPx: number, value: number): number {
  return round((1 - scale.toHeightRatio(value)) * heightPx);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
