import type { ArmResult, ClaimResult, RunDocument, ScenarioResult } from '../core/document.ts';
import type { Role, Verdict } from '../core/scenario.ts';
import { isWrong } from '../core/verdict.ts';
import { formatMs, formatRatio, formatValue } from './format.ts';

/** What a verdict means, for somebody who reads one for the first time. */
export const verdictMeaning: Readonly<Record<Verdict, string>> = {
  DEMONSTRATED: 'it broke',
  'NOT DEMONSTRATED': 'it did not break',
  FIXED: 'this helped',
  'NOT FIXED': 'this did not help',
  INCONCLUSIVE: 'no verdict',
  SKIPPED: 'not run',
};

/** Whether the system was broken, well, or nobody knows. */
export function toneOf(verdict: Verdict): 'broken' | 'well' | 'unknown' {
  if (verdict === 'DEMONSTRATED' || verdict === 'NOT FIXED') return 'broken';
  return verdict === 'FIXED' || verdict === 'NOT DEMONSTRATED' ? 'well' : 'unknown';
}

export function roleWords(role: Role): string {
  return role === 'wrong-fix' ? 'wrong fix' : role;
}

export const outcomeWords: Readonly<Record<ScenarioResult['outcome'], string>> = {
  'as-declared': 'as declared',
  'not-as-declared': 'NOT as declared',
  inconclusive: 'inconclusive',
  skipped: 'skipped',
};

/** One sentence about all scenarios of a run, the worst first. */
export function runSentence(document: RunDocument): string {
  const arms = document.scenarios.flatMap((scenario) => scenario.arms);
  const wrong = arms.filter(isWrong).length;
  if (wrong > 0) return `${wrong} of ${arms.length} arms got a verdict that the scenario does not declare.`;
  const open = document.scenarios.filter(({ outcome }) => outcome === 'inconclusive').length;
  if (open > 0) return `${open} of ${document.scenarios.length} scenarios proved nothing this time.`;
  if (document.scenarios.every(({ outcome }) => outcome === 'skipped')) return 'Nothing was run.';
  return 'Every arm got the verdict that its scenario declares.';
}

/** The route that the arm's claims are about first, goodput before latency: where a reader should look. Null: none. */
export function mainRouteOf(arm: ArmResult): string | null {
  const about = (claim: ClaimResult) =>
    claim.metric.endsWith('.goodputRatio') || claim.metric.endsWith('.answeredRatio');
  const claim = arm.claims.find(about) ?? arm.claims.find(({ route }) => route !== null);
  return claim?.route ?? Object.keys(arm.phases['during']?.routes ?? {})[0] ?? null;
}

/** Goodput of the main route while the system was disturbed, and the rest of a sentence about it. */
export interface Headline {
  readonly figure: string | null;
  readonly text: string;
}

/** What happened in the arm, made of its measurements. */
export function headlineOf(arm: ArmResult): Headline {
  if (arm.verdict === 'SKIPPED') return { figure: null, text: arm.reason ?? 'This arm was not run.' };
  const route = mainRouteOf(arm);
  const figures = route === null ? undefined : arm.phases['during']?.routes[route];
  if (route === null || figures === undefined)
    return { figure: null, text: arm.reason ?? 'Nothing was measured.' };
  const waited = figures.p99Ms === null ? '' : `; p99 latency ${formatMs(figures.p99Ms)}`;
  const when = hasRecovery(arm) ? ' while the system was disturbed' : '';
  return {
    figure: formatRatio(figures.goodputRatio),
    text: `of the requests to ${route} were answered well and in time${when}${waited}`,
  };
}

/** The kind of claims that decides whether the arm is as declared (or, with nothing declared, why it got its verdict). */
export function decidingKind(arm: ArmResult): ClaimResult['kind'] {
  const conclusive = arm.declared ?? arm.verdict;
  if (toneOf(conclusive) !== 'unknown') return toneOf(conclusive) === 'broken' ? 'failure' : 'health';
  return arm.role === 'unprotected' ? 'failure' : 'health';
}

/** Claims that had to hold and did not; empty for an arm that is as declared. */
export function openClaimsOf(arm: ArmResult): readonly ClaimResult[] {
  const kind = decidingKind(arm);
  return arm.claims.filter((claim) => claim.kind === kind && !claim.holds);
}

/** `during.goodputRatio of GET /api/tasks` */
export function subjectOf(claim: ClaimResult): string {
  return claim.route === null ? claim.metric : `${claim.metric} of ${claim.route}`;
}

export function inequalityOf(claim: ClaimResult): string {
  const measured = claim.measured === null ? 'nothing measured' : formatValue(claim.measured, claim.unit);
  const bound = claim.bound === null ? 'an unknown bound' : formatValue(claim.bound, claim.unit);
  return `${measured}, wanted ${claim.comparison} ${bound}`;
}

/** `declared`, `NOT declared`, or nothing to compare with. */
export function declaredMark(arm: Pick<ArmResult, 'declared' | 'verdict'>): 'yes' | 'no' | 'none' {
  if (arm.declared === null || arm.verdict === 'INCONCLUSIVE' || arm.verdict === 'SKIPPED') return 'none';
  return arm.declared === arm.verdict ? 'yes' : 'no';
}

/** Arms by what they have shown, for the lines “what broke”, “what did not help”, “what helped”. */
export function lessonsOf({
  arms,
}: ScenarioResult): readonly (readonly [lesson: string, arms: readonly ArmResult[]])[] {
  const lessons: readonly (readonly [string, Verdict])[] = [
    ['What broke', 'DEMONSTRATED'],
    ['What did not break', 'NOT DEMONSTRATED'],
    ['What did not help', 'NOT FIXED'],
    ['What helped', 'FIXED'],
    ['No verdict', 'INCONCLUSIVE'],
    ['Not run', 'SKIPPED'],
  ];
  return lessons
    .map(([lesson, verdict]) => [lesson, arms.filter((arm) => arm.verdict === verdict)] as const)
    .filter(([, found]) => found.length > 0);
}

/** False where the arm had no trigger to recover from. */
export function hasRecovery(arm: ArmResult): boolean {
  return arm.phases['after'] !== undefined;
}

/** A mechanism's name as words, without its unit: `heldByCascadeRatio` becomes “held by cascade”. */
export function mechanismWords(name: string): string {
  const { stem } = unitOf(name);
  return stem.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
}

/** The value in the unit that the name ends in. */
export function formatMechanism(name: string, value: number | null): string {
  return formatValue(value, unitOf(name).unit);
}

/** `cpu 55.77 ms`: what was measured on this machine before the load was stated. */
export function calibrationWords(readings: Readonly<Record<string, number>>): string[] {
  return Object.entries(readings).map(
    ([name, value]) => `${mechanismWords(name)} ${formatMechanism(name, value)}`,
  );
}

function unitOf(name: string): { readonly stem: string; readonly unit: string } {
  // An ending that holds another one stands before it.
  const units = {
    BytesPerSecond: 'bytes/s',
    PerSecond: '1/s',
    Ratio: 'ratio',
    Ms: 'ms',
    Second: 's',
    Seconds: 's',
    Bytes: 'bytes',
  } as const;
  for (const [ending, unit] of Object.entries(units)) {
    if (name.endsWith(ending) && name !== ending) return { stem: name.slice(0, -ending.length), unit };
  }
  return { stem: name, unit: 'count' };
}
