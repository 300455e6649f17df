import type { Panel } from '../panels/panel.ts';
import type { Series } from '../panels/panel-fold.ts';
import { formatRatio } from './format.ts';
import { outcomeHues } from './palette.ts';
import { createScale } from './scale.ts';
import type { Chart, ChartLabel, ChartLine } from './svg.ts';
import type { ArmView, ScenarioView } from './view.ts';

/** A chart, and the same figures for a table and a read-out. */
export interface ChartView {
  readonly panel: Panel;
  readonly title: string;
  readonly route: string | null;
  readonly line: string;
  readonly chart: Chart;
  readonly columns: readonly { readonly name: string; readonly series: Series }[];
}

/** All charts of a panel for a scenario; those without a single value other than zero are left out. */
export function toCharts(view: ScenarioView, panel: Panel, heightPx: number): ChartView[] {
  const series = view.seriesOf(panel).filter(({ points }) => points.some(({ value }) => value !== null));
  const routes = [...new Set(series.map(({ route }) => route))];
  // The route that the scenario is about comes first.
  routes.sort((left, right) => Number(right === view.mainRoute) - Number(left === view.mainRoute));
  return routes.flatMap((route) => {
    const ofRoute = series.filter((one) => one.route === route);
    return panel.layout === 'stack'
      ? view.arms.flatMap((arm) => toStack(view, panel, { arm, route, series: ofRoute, heightPx }))
      : toOverlays(view, panel, { route, series: ofRoute, heightPx });
  });
}

interface ChartParts {
  readonly route: string | null;
  readonly series: readonly Series[];
  readonly heightPx: number;
}

function toOverlays(view: ScenarioView, panel: Panel, { route, series, heightPx }: ChartParts): ChartView[] {
  const lines = [...new Set(series.map(({ line }) => line))].filter((line) => line !== panel.referenceLine);
  const reference = series.find(({ line }) => line === panel.referenceLine);
  return lines.flatMap((line) => {
    const arms = view.arms.flatMap((arm) => {
      const found = series.find((one) => one.line === line && one.arm === arm.result.name);
      return found === undefined ? [] : [{ arm, series: found }];
    });
    const columns = arms.map(({ arm, series: found }) => ({ name: arm.result.name, series: found }));
    const all = reference === undefined ? columns : [{ name: reference.line, series: reference }, ...columns];
    const largest = largestOf(all.map((column) => column.series));
    if (largest === 0 && panel.unit !== 'ratio') return [];
    const chart: Chart = {
      ...frameOf(view, heightPx),
      description: describe(panel, route, line, view),
      scale: createScale(panel, largest),
      lines: [
        ...(reference === undefined ? [] : [toReferenceLine(reference)]),
        ...inDrawingOrder(panel, arms),
      ],
      labels: labelsOf(view, panel, route),
    };
    return [{ panel, title: titleOf(panel, route, line), route, line, chart, columns: all }];
  });
}

function toStack(
  view: ScenarioView,
  panel: Panel,
  parts: ChartParts & { readonly arm: ArmView },
): ChartView[] {
  const { arm, route, series, heightPx } = parts;
  const layers = series.filter(
    ({ arm: name, points }) => name === arm.result.name && points.some(({ value }) => (value ?? 0) > 0),
  );
  const [first] = layers;
  if (first === undefined) return [];
  let floor = first.points.map(() => 0);
  const lines = layers.map((layer): ChartLine => {
    const below = floor;
    floor = below.map((value, index) => value + (layer.points[index]?.value ?? 0));
    const top = floor;
    const points = layer.points.map(({ atSecond }, index) => ({ atSecond, value: top[index] ?? 0 }));
    return { className: `outcome-${layer.line}`, dash: '', widthPx: 0, points, floor: below };
  });
  const chart: Chart = {
    ...frameOf(view, heightPx),
    description: describe(panel, route, arm.result.name, view),
    scale: createScale(panel, Math.max(...floor)),
    lines,
    labels: [],
  };
  const columns = layers.map((layer) => ({ name: layer.line, series: layer }));
  return [{ panel, title: `${arm.result.name}: ${route ?? panel.title}`, route, line: '', chart, columns }];
}

/** Solid lines first, so that a dashed line over one of them leaves both visible. */
function inDrawingOrder(
  panel: Panel,
  arms: readonly { readonly arm: ArmView; readonly series: Series }[],
): ChartLine[] {
  const lines = arms.map(({ arm: { style }, series }) => ({
    className: style.name,
    dash: style.dash,
    widthPx: style.widthPx,
    points: panel.unit === 'state' ? toSteps(series.points) : series.points,
  }));
  return lines.sort((left, right) => Number(left.dash !== '') - Number(right.dash !== ''));
}

/** A state holds until the next one is seen; there is nothing between two states. */
function toSteps(points: Series['points']): Series['points'] {
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    if (before === undefined || before.value === null || point.value === null) return [point];
    return [{ atSecond: point.atSecond, value: before.value }, point];
  });
}

function toReferenceLine(series: Series): ChartLine {
  return { className: 'reference', dash: '1 3', widthPx: 1.5, points: series.points };
}

/** Goodput while the system was disturbed, beside the lines of the main route. */
function labelsOf(view: ScenarioView, panel: Panel, route: string | null): ChartLabel[] {
  if (panel.name !== 'goodput' || route === null || route !== view.mainRoute) return [];
  return view.arms.flatMap(({ result, style }) => {
    const value = result.phases['during']?.routes[route]?.goodputRatio ?? null;
    return value === null
      ? []
      : [{ className: style.name, text: `${result.name} ${formatRatio(value)}`, value }];
  });
}

function frameOf({ windows, durationSeconds }: ScenarioView, heightPx: number) {
  return {
    heightPx,
    durationSeconds,
    trigger: windows['trigger'] ?? null,
    during: windows['during'] ?? null,
  };
}

function largestOf(series: readonly Series[]): number {
  return Math.max(0, ...series.flatMap(({ points }) => points.map(({ value }) => value ?? 0)));
}

function titleOf(panel: Panel, route: string | null, line: string): string {
  const name = ['', 'good'].includes(line) ? panel.title : `${panel.title} ${line}`;
  return route === null ? name : `${name}: ${route}`;
}

function describe(panel: Panel, route: string | null, line: string, { arms, windows }: ScenarioView): string {
  const { trigger } = windows;
  const when =
    trigger === undefined
      ? ''
      : ` The trigger is on from second ${trigger.startSecond} to ${trigger.endSecond}.`;
  const who = panel.layout === 'stack' ? '' : ` Arms: ${arms.map(({ result }) => result.name).join(', ')}.`;
  return `${titleOf(panel, route, line)}, second by second. ${panel.meaning}${who}${when}`;
}

/** Rules for the classes of stacked outcomes and of the reference line. */
export function outcomeRules(theme: 'light' | 'dark'): string {
  const rules = Object.entries(outcomeHues).map(
    ([outcome, hue]) => `.outcome-${outcome}{--line:${hue[theme]}}`,
  );
  return [...rules, '.reference{--line:var(--quiet)}'].join('\n');
}
