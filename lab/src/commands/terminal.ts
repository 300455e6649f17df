import { join, relative } from 'node:path';
import type { RunDocument } from '../core/document.ts';
import type { EventListener } from '../core/events.ts';
import type { Series, Spread } from '../core/series.ts';
import { initialProgress, toProgress } from '../report/progress.ts';
import { type TerminalStyle, toPlain } from '../report/terminal-style.ts';
import { renderTerminal } from '../report/terminal.ts';
import type { Host, Output } from './host.ts';

/** Shows a run while it happens: lines that stay, and on a terminal one line that is overwritten. */
export interface Terminal {
  readonly onEvent: EventListener;
  readonly log: (line: string) => void;
  /** Clears the line of the moment. Idempotent. */
  end(): void;
}

/** With `toStderr` nothing but the document goes to stdout. */
export function createTerminal(host: Host, toStderr: boolean): Terminal {
  const output = toStderr ? host.stderr : host.stdout;
  const style = styleOf(host, output);
  let state = initialProgress;
  let hasStatus = false;
  const clear = () => {
    if (hasStatus) output.write('\r\u001b[K');
    hasStatus = false;
  };
  const log = (line: string) => {
    clear();
    output.write(`${line}\n`);
  };
  return {
    log,
    end: clear,
    onEvent: (event) => {
      const progress = toProgress(state, event, style);
      ({ state } = progress);
      progress.lines.forEach(log);
      if (progress.status === null || !output.isTerminal) return;
      clear();
      output.write(progress.status);
      hasStatus = true;
    },
  };
}

/** Table, verdicts, and where the rest is. */
export function describeRunEnd(host: Host, document: RunDocument, folder: string): string {
  const place = relative(host.workingFolder, folder) || folder;
  return [
    '',
    renderTerminal(document, styleOf(host, host.stdout)),
    `report  ${join(place, 'report.html')}`,
    `data    ${join(place, 'run.json')}, events.ndjson, logs/`,
    '',
  ].join('\n');
}

/** Counts of verdicts and the spread of what the claims measured. */
export function describeSeries(host: Host, series: Series): string {
  const lines = [
    '',
    `series ${series.seriesId}: ${series.finishedRepetitions} of ${series.wantedRepetitions} runs; outcomes ${toCounts(series.outcomes)}; wrong verdicts ${series.wrongVerdicts}`,
  ];
  for (const arm of series.arms) {
    lines.push(
      `  ${arm.scenario} / ${arm.arm}: ${toCounts(arm.verdicts)} (declared ${arm.declared ?? 'nothing'})`,
    );
    for (const claim of arm.claims) lines.push(`      ${toSpreadText(claim.measured)}  ${claim.text}`);
    if (arm.recoverySeconds !== null)
      lines.push(`      ${toSpreadText(arm.recoverySeconds)}  seconds until everything was normal again`);
  }
  lines.push(`  (least / median / most)   go on: npx lab run … --repeat N --resume ${series.seriesId}`, '');
  return toPlain(lines.join('\n'), styleOf(host, host.stdout));
}

function toCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} × ${name}`)
    .join(', ');
}

function toSpreadText(spread: Spread | null): string {
  if (spread === null) return 'nothing measured';
  return [spread.minimum, spread.median, spread.maximum]
    .map((value) => Number(value.toPrecision(3)))
    .join(' / ');
}

function styleOf(host: Host, output: Output): TerminalStyle {
  const locale = host.environment['LC_ALL'] ?? host.environment['LC_CTYPE'] ?? host.environment['LANG'] ?? '';
  return {
    colour: output.colour,
    unicode: output.isTerminal || /utf-?8/i.test(locale),
    widthColumns: Math.min(120, Math.max(60, output.columns)),
  };
}
