import type { LabEvent, LoadSecond, Window } from '../core/events.ts';
import { formatRatio } from './format.ts';
import { type TerminalStyle, createPaint, toPlain } from './terminal-style.ts';
import { calibrationWords, declaredMark, headlineOf, outcomeWords, toneOf, verdictMeaning } from './words.ts';

/** What progress needs to remember between two events. */
export interface ProgressState {
  readonly armCount: number;
  readonly armNumber: number;
  readonly arm: string;
  readonly loadSeconds: number;
  readonly phases: Readonly<Record<string, Window>>;
  /** Goodput of the latest seconds, by route; null where nothing was offered. */
  readonly goodput: Readonly<Record<string, readonly (number | null)[]>>;
}

/** What one event adds: lines that stay, and the line of the moment (only where there is a terminal; null: none). */
export interface Progress {
  readonly state: ProgressState;
  readonly lines: readonly string[];
  readonly status: string | null;
}

export const initialProgress: ProgressState = {
  armCount: 0,
  armNumber: 0,
  arm: '',
  loadSeconds: 0,
  phases: {},
  goodput: {},
};

/** Turns an event into progress; pure. The caller writes lines and overwrites the status in place. */
export function toProgress(state: ProgressState, event: LabEvent, style: TerminalStyle): Progress {
  const plain = (...lines: string[]) => lines.map((line) => toPlain(line, style));
  const paint = createPaint(style);
  switch (event.type) {
    case 'run-started': {
      const armCount = event.scenarios.reduce((total, { arms }) => total + arms.length, 0);
      const names = event.scenarios.map(({ name }) => name).join(', ');
      const line = `run ${event.runId}: ${names}, ${armCount} ${armCount === 1 ? 'arm' : 'arms'}, seed ${event.seed}`;
      return { state: { ...initialProgress, armCount }, lines: plain(line), status: null };
    }
    case 'arm-started': {
      const again = event.attempt > 1;
      const armNumber = again ? state.armNumber : state.armNumber + 1;
      const { arm, loadSeconds, phases } = event;
      const place = again ? 'once more' : `${armNumber} of ${Math.max(state.armCount, armNumber)}`;
      const line = `${paint('bold', `${event.scenario} / ${arm}`)} (${place}, ${loadSeconds} s of load): ${event.summary}`;
      return {
        state: { ...state, armNumber, arm, loadSeconds, phases, goodput: {} },
        lines: plain(line),
        status: null,
      };
    }
    case 'phase-started':
      return { state, lines: plain(phaseLine(state, event.phase)), status: null };
    case 'load-second': {
      const next = { ...state, goodput: addSecond(state.goodput, event.load) };
      return { state: next, lines: [], status: statusLine(next, event.load.second, style) };
    }
    case 'arm-finished': {
      const { verdict, reason } = event.result;
      const colour = ({ broken: 'red', well: 'green', unknown: 'yellow' } as const)[toneOf(verdict)];
      const why = reason === null ? verdictMeaning[verdict] : reason;
      const mark = { yes: ', as declared', no: `, NOT as declared (${event.result.declared})`, none: '' };
      const { figure, text } = headlineOf(event.result);
      const line = `  ${event.arm}: ${paint(colour, verdict)}: ${why}${mark[declaredMark(event.result)]}`;
      return { state, lines: plain(line, `    ${figure === null ? '' : `${figure} `}${text}`), status: null };
    }
    case 'scenario-finished': {
      const { name, outcome, reason } = event.scenario;
      const line = `${name}: ${outcomeWords[outcome]}${reason === null ? '' : `: ${reason}`}`;
      return { state, lines: plain(line), status: null };
    }
    case 'calibrated': {
      const readings = calibrationWords(event.readings).join(', ');
      const line = `${event.scenario}: measured on this machine: ${readings}`;
      return { state, lines: plain(line), status: null };
    }
    case 'incident': {
      const { replica, reason, exitCode, atSecond } = event.incident;
      const line = `  second ${atSecond.toFixed(1)}: ${replica} ended: ${reason}, exit code ${exitCode}`;
      return { state, lines: plain(paint('red', line)), status: null };
    }
    case 'load-started':
    case 'sample':
    case 'run-finished':
      return { state, lines: [], status: null };
  }
}

const phaseWords: Readonly<Record<string, string>> = {
  'warm-up': 'warming up',
  baseline: 'measuring the healthy system',
  trigger: 'the disturbance begins',
  during: 'measuring',
  after: 'the disturbance is over: does the system recover?',
};

function phaseLine({ phases, loadSeconds }: ProgressState, phase: string): string {
  const window = phases[phase];
  const when =
    window === undefined ? '' : ` (second ${window.startSecond} to ${window.endSecond} of ${loadSeconds})`;
  return `  ${phase}: ${phaseWords[phase] ?? 'under load'}${when}`;
}

/** So many seconds are drawn as bars. */
const barSeconds = 20;

function addSecond(before: ProgressState['goodput'], load: LoadSecond): ProgressState['goodput'] {
  const added = Object.entries(load.routes).map(([route, { offered, outcomes }]) => {
    const ratio = offered === 0 ? null : (outcomes.good ?? 0) / offered;
    return [route, [...(before[route] ?? []), ratio].slice(-barSeconds)] as const;
  });
  return { ...before, ...Object.fromEntries(added) };
}

function statusLine(state: ProgressState, second: number, style: TerminalStyle): string {
  const inside = Object.entries(state.phases).filter(
    ([, { startSecond, endSecond }]) => second >= startSecond && second < endSecond,
  );
  const phase = inside.at(-1)?.[0] ?? '';
  const head = `  ${state.arm} ${second + 1}/${state.loadSeconds} s ${phase}`;
  const routes = Object.entries(state.goodput).map(
    ([route, ratios]) => [route, ratios, formatRatio(ratios.at(-1) ?? null)] as const,
  );
  const texts = routes.reduce((total, [route, , now]) => total + route.length + now.length + 4, head.length);
  const room = Math.floor((style.widthColumns - 1 - texts) / Math.max(1, routes.length));
  const parts = routes.map(([route, ratios, now]) => {
    const bars = room < 1 ? '' : `${toBars(ratios.slice(-room), style)} `;
    return `${route} ${bars}${now}`;
  });
  return toPlain([head, ...parts].join('  '), style).slice(0, style.widthColumns - 1);
}

/** Eight heights for ratios 0–1; a blank where nothing was offered. */
export function toBars(
  ratios: readonly (number | null)[],
  { unicode }: Pick<TerminalStyle, 'unicode'>,
): string {
  const heights = unicode ? '▁▂▃▄▅▆▇█' : '_.:-=+*#';
  return ratios
    .map((ratio) => (ratio === null ? ' ' : (heights[Math.min(7, Math.floor(ratio * 7.999))] ?? ' ')))
    .join('');
}
