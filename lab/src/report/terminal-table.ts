import Table from 'cli-table3';
import type { ArmResult, ScenarioResult } from '../core/document.ts';
import { formatMs, formatRatio, formatSeconds, unknownText } from './format.ts';
import { type Paint, type TerminalStyle, wrap } from './terminal-style.ts';
import { declaredMark, hasRecovery, mainRouteOf, roleWords, toneOf, verdictMeaning } from './words.ts';

/** One row for each arm: its verdict, and goodput and p99 of each route while the system was disturbed. */
export function renderArmTable(scenario: ScenarioResult, style: TerminalStyle, paint: Paint): string[] {
  const found = scenario.arms.flatMap((arm) => Object.keys(arm.phases['during']?.routes ?? {}));
  const [first] = scenario.arms;
  const mainRoute = first === undefined ? null : mainRouteOf(first);
  const allRoutes = [...new Set(found)].sort(
    (left, right) => Number(right === mainRoute) - Number(left === mainRoute),
  );
  const { colWidths, routes } = columnsFor(scenario, allRoutes, style);
  const table = new Table({
    chars: charactersOf(style),
    style: { head: [], border: [], 'padding-left': 1, 'padding-right': 1 },
    colWidths,
    truncate: style.unicode ? '…' : '.',
    colAligns: ['left', 'left', ...routes.map(() => 'right' as const), 'right'],
  });
  const heads = routes.map((route, index) => breakRoute(route, (colWidths[index + 2] ?? 12) - 2));
  table.push(['arm', 'verdict', ...heads, 'normal\nagain'].map((text) => paint('bold', text)));
  for (const arm of scenario.arms) table.push(rowOf(arm, routes, style, paint));
  const note =
    'Under each route: good answers in time ÷ requests, and p99 latency, while the system was disturbed.';
  return [
    ...table.toString().split('\n'),
    ...wrap(note, style.widthColumns).map((line) => paint('dim', line)),
  ];
}

function rowOf(arm: ArmResult, routes: readonly string[], style: TerminalStyle, paint: Paint): string[] {
  const cells = routes.map((route) => {
    const figures = arm.phases['during']?.routes[route];
    return figures === undefined
      ? unknownText
      : `${formatRatio(figures.goodputRatio)}\n${formatMs(figures.p99Ms)}`;
  });
  const recovery = hasRecovery(arm) ? formatSeconds(arm.recoverySeconds, 'never') : unknownText;
  const role = arm.role === arm.name ? '' : `\n${paint('dim', roleWords(arm.role))}`;
  return [`${arm.name}${role}`, verdictCell(arm, style, paint), ...cells, recovery];
}

function verdictCell(arm: ArmResult, style: TerminalStyle, paint: Paint): string {
  const colour = { broken: 'red', well: 'green', unknown: 'yellow' } as const;
  const marks = style.unicode ? { yes: ' ✓', no: ' ✗', none: '' } : { yes: ' ok', no: ' WRONG', none: '' };
  const meaning = paint('dim', verdictMeaning[arm.verdict]);
  const mark = marks[declaredMark(arm)];
  return `${paint(colour[toneOf(arm.verdict)], arm.verdict)}${mark}\n${meaning}`;
}

const narrowestRoute = 11;

/** Names and verdicts take what they need, the routes share the rest; what does not fit is left to the other reports. */
function columnsFor({ arms }: ScenarioResult, allRoutes: readonly string[], style: TerminalStyle) {
  const unpainted: Paint = (_, text) => text;
  const widest = (texts: readonly string[]) =>
    Math.max(...texts.flatMap((text) => text.split('\n')).map((line) => line.length)) + 2;
  const verdict = widest(['verdict', ...arms.map((arm) => verdictCell(arm, style, unpainted))]);
  const recovery = widest(['normal']);
  const forNameAndRoutes = style.widthColumns - verdict - recovery - 4;
  const wanted = widest(['arm', ...arms.flatMap((arm) => [arm.name, roleWords(arm.role)])]);
  const name = Math.max(8, Math.min(wanted, 26, forNameAndRoutes - narrowestRoute - 1));
  const rest = forNameAndRoutes - name;
  const routes = allRoutes.slice(0, Math.max(1, Math.floor(rest / (narrowestRoute + 1))));
  const route = Math.max(narrowestRoute, Math.min(Math.floor(rest / Math.max(routes.length, 1)) - 1, 30));
  return { routes, colWidths: [name, verdict, ...routes.map(() => route), recovery] };
}

/** Breaks a route before a slash or, where that is not enough, anywhere. */
function breakRoute(route: string, widthColumns: number): string {
  const lines: string[] = [];
  for (const piece of route.split(/(?=\/)|(?<= )|(?<=-)/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + piece.trimEnd().length <= widthColumns)
      lines[lines.length - 1] = last + piece;
    else lines.push(piece);
  }
  return lines
    .flatMap((line) => line.trimEnd().match(new RegExp(`.{1,${widthColumns}}`, 'g')) ?? [])
    .join('\n');
}

function charactersOf({ unicode }: TerminalStyle): Record<string, string> {
  if (unicode) return {};
  const corners = ['top-mid', 'top-left', 'top-right', 'bottom-mid', 'bottom-left', 'bottom-right'];
  const crosses = ['left-mid', 'mid-mid', 'right-mid'];
  return {
    ...Object.fromEntries([...corners, ...crosses].map((place) => [place, '+'] as const)),
    top: '-',
    bottom: '-',
    mid: '-',
    left: '|',
    right: '|',
    middle: '|',
  };
}
