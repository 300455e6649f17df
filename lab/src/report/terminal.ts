import type { ArmResult, RunDocument, ScenarioResult, Validity } from '../core/document.ts';
import { isWrong } from '../core/verdict.ts';
import { formatMs, formatRatio, unknownText } from './format.ts';
import { renderArmTable } from './terminal-table.ts';
import { type Paint, type TerminalStyle, createPaint, toPlain, wrap } from './terminal-style.ts';
import {
  formatMechanism,
  inequalityOf,
  lessonsOf,
  mainRouteOf,
  mechanismWords,
  openClaimsOf,
  outcomeWords,
  runSentence,
  subjectOf,
} from './words.ts';

/** The end of a run as text: for each scenario what broke, what did not help, what helped, and how that was measured. */
export function renderTerminal(document: RunDocument, style: TerminalStyle): string {
  const paint = createPaint(style);
  const scenarios = document.scenarios.flatMap((scenario) => [...renderScenario(scenario, style, paint), '']);
  const last = document.scenarios.length > 1 ? [paint('bold', runSentence(document))] : [];
  return `${toPlain([...scenarios, ...last].join('\n').trimEnd(), style)}\n`;
}

function renderScenario(scenario: ScenarioResult, style: TerminalStyle, paint: Paint): string[] {
  const question = wrap(`${scenario.name}: ${scenario.question}`, style.widthColumns);
  const heading = question.map((line) => paint('bold', line));
  if (scenario.arms.length === 0)
    return [...heading, `  ${outcomeWords[scenario.outcome]}: ${reasonOf(scenario)}`];
  return [
    ...heading,
    '',
    ...renderArmTable(scenario, style, paint),
    ...scenario.arms.flatMap((arm) => renderDoubts(arm, style, paint)),
    ...renderMechanism(scenario, style, paint),
    ...renderValidity(scenario, style, paint),
    ...renderLessons(scenario, style, paint),
    ...renderOutcome(scenario, style, paint),
  ];
}

function renderLessons(scenario: ScenarioResult, { widthColumns }: TerminalStyle, paint: Paint): string[] {
  const colours: Readonly<Record<string, Parameters<Paint>[0]>> = {
    'What broke': 'red',
    'What did not help': 'red',
    'What helped': 'green',
    'What did not break': 'green',
  };
  const lines = lessonsOf(scenario).flatMap(([lesson, arms]) => {
    const label = `${lesson}: `.padEnd(20);
    const [first = '', ...more] = wrap(arms.map(lessonText).join(', '), widthColumns - label.length);
    const rest = more.map((line) => `${' '.repeat(label.length)}${line}`);
    return [`${paint(colours[lesson] ?? 'yellow', label)}${first}`, ...rest];
  });
  return ['', ...lines];
}

/** `unprotected (1.9 % of GET /api/tasks)`: how much of what the scenario is about still worked. */
function lessonText(arm: ArmResult): string {
  const route = mainRouteOf(arm);
  const ratio = route === null ? undefined : arm.phases['during']?.routes[route]?.goodputRatio;
  return route === null || ratio === undefined ? arm.name : `${arm.name} (${formatRatio(ratio)} of ${route})`;
}

/** Why an arm is not as declared, or proves nothing; silent where all is as it should be. */
function renderDoubts(arm: ArmResult, { widthColumns }: TerminalStyle, paint: Paint): string[] {
  if (arm.verdict === 'SKIPPED')
    return wrap(`  ${arm.name} was skipped: ${reasonOf(arm)}`, widthColumns, '    ');
  if (arm.verdict === 'INCONCLUSIVE') {
    const head = wrap(`  ${arm.name} is INCONCLUSIVE: ${reasonOf(arm)}`, widthColumns, '    ');
    return head.map((line) => paint('yellow', line));
  }
  if (!isWrong(arm)) return [];
  const claims = openClaimsOf(arm).flatMap((claim) =>
    wrap(`    ${claim.text}: ${subjectOf(claim)}: ${inequalityOf(claim)}`, widthColumns, '      '),
  );
  const head = `  ${arm.name}: declared ${arm.declared ?? unknownText}, but these claims do not hold:`;
  return [paint('red', head), ...claims];
}

function renderMechanism(scenario: ScenarioResult, { widthColumns }: TerminalStyle, paint: Paint): string[] {
  const shown = measuresOf(scenario);
  const nameWidth = Math.max(...scenario.arms.map(({ name }) => name.length)) + 4;
  const lines = scenario.arms.flatMap((arm) => {
    const figures = shown.flatMap((measure) => {
      const value = arm.mechanism[measure] ?? null;
      return value === null ? [] : [`${mechanismWords(measure)} ${formatMechanism(measure, value)}`];
    });
    if (figures.length === 0) return [];
    const [first = '', ...more] = wrap(figures.join(', '), widthColumns - nameWidth);
    return [
      `  ${arm.name.padEnd(nameWidth - 2)}${first}`,
      ...more.map((line) => ' '.repeat(nameWidth) + line),
    ];
  });
  return lines.length === 0 ? [] : ['', paint('bold', 'Why: the counters of the services'), ...lines];
}

/** The counters that claims of any arm use, or all where no claim uses one. */
function measuresOf({ arms }: ScenarioResult): string[] {
  const all = [...new Set(arms.flatMap(({ mechanism }) => Object.keys(mechanism)))];
  const claimed = new Set(arms.flatMap(({ claims }) => claims.map(({ metric }) => metric)));
  const used = all.filter((name) => claimed.has(`mechanism.${name}`));
  return used.length > 0 ? used : all;
}

function renderValidity(scenario: ScenarioResult, { widthColumns }: TerminalStyle, paint: Paint): string[] {
  const run = scenario.arms.filter(({ verdict }) => verdict !== 'SKIPPED');
  if (run.length === 0) return [];
  const bad = run.filter(({ validity }) => !validity.valid);
  const judgement = bad.length === 0 ? 'yes' : `not ${bad.map(({ name }) => name).join(', ')}`;
  const worst = worstOf(run.map(({ validity }) => validity));
  const figures = [
    `requests left at most ${formatMs(worst.latenessP99Ms)} late (p99)`,
    `${worst.sentRequests} of ${worst.plannedRequests} planned were sent`,
    `load generator busy ${formatRatio(worst.driverUtilisationRatio)}`,
    `CPU used by others ${formatRatio(worst.foreignCpuRatio)}`,
    `missed samples ${worst.scrapeGaps}`,
  ].join(', ');
  const [first = '', ...more] = wrap(`Can it be believed? ${judgement}: ${figures}`, widthColumns, '  ');
  return ['', first.replace('Can it be believed?', paint('bold', 'Can it be believed?')), ...more];
}

type WorstFigures = Omit<Validity, 'valid' | 'reasons'>;

/** The worst figure of any arm; requests are summed. */
function worstOf(all: readonly Validity[]): WorstFigures {
  const worst = (read: (validity: Validity) => number | null) => {
    const known = all.map(read).filter((value) => value !== null);
    return known.length === 0 ? null : Math.max(...known);
  };
  const sum = (read: (validity: Validity) => number) =>
    all.reduce((total, validity) => total + read(validity), 0);
  return {
    latenessP99Ms: worst(({ latenessP99Ms }) => latenessP99Ms),
    plannedRequests: sum(({ plannedRequests }) => plannedRequests),
    sentRequests: sum(({ sentRequests }) => sentRequests),
    driverUtilisationRatio: worst(({ driverUtilisationRatio }) => driverUtilisationRatio),
    foreignCpuRatio: worst(({ foreignCpuRatio }) => foreignCpuRatio),
    scrapeGaps: sum(({ scrapeGaps }) => scrapeGaps),
  };
}

function renderOutcome(scenario: ScenarioResult, { widthColumns }: TerminalStyle, paint: Paint): string[] {
  const colour = {
    'as-declared': 'green',
    'not-as-declared': 'red',
    inconclusive: 'yellow',
    skipped: 'yellow',
  } as const;
  const words =
    scenario.outcome === 'as-declared' ? 'every verdict is as declared' : outcomeWords[scenario.outcome];
  const reason = scenario.reason === null ? '' : `: ${scenario.reason}`;
  const lines = wrap(`${scenario.name}: ${words}${reason}`, widthColumns, '  ');
  return ['', ...lines.map((line) => paint(colour[scenario.outcome], line))];
}

function reasonOf({ reason }: { readonly reason: string | null }): string {
  return reason ?? 'no reason was given';
}
