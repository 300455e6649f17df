import type { ClaimResult } from './document.ts';
import type { Verdict } from './scenario.ts';

/** What an arm has shown, and why it has shown nothing. */
export interface Finding {
  readonly verdict: Verdict;
  readonly reason: string | null;
}

/**
 * Without a fix: all failure claims hold → DEMONSTRATED, all health claims hold → NOT DEMONSTRATED. With one: all health
 * claims hold → FIXED, all failure claims hold → NOT FIXED. Anything else proves nothing. A kind without claims never
 * holds, and when both kinds hold the claims contradict one another.
 */
export function toVerdict(claims: readonly ClaimResult[], withFix: boolean): Finding {
  const broken = allHold(claims, 'failure');
  const well = allHold(claims, 'health');
  if (broken && well)
    return { verdict: 'INCONCLUSIVE', reason: 'failure and health claims hold at the same time' };
  if (broken) return { verdict: withFix ? 'NOT FIXED' : 'DEMONSTRATED', reason: null };
  if (well) return { verdict: withFix ? 'FIXED' : 'NOT DEMONSTRATED', reason: null };
  return { verdict: 'INCONCLUSIVE', reason: `between the bounds: ${openClaims(claims)}` };
}

export type ScenarioOutcome = 'as-declared' | 'not-as-declared' | 'inconclusive' | 'skipped';

/** Arms that declare nothing (`custom`) do not count. A wrong verdict weighs more than an inconclusive one. */
export function toOutcome(
  arms: readonly { readonly declared: Verdict | null; readonly verdict: Verdict }[],
): ScenarioOutcome {
  const judged = arms.filter((arm) => arm.declared !== null);
  if (judged.some((arm) => isWrong(arm))) return 'not-as-declared';
  if (judged.some((arm) => arm.verdict === 'INCONCLUSIVE')) return 'inconclusive';
  if (arms.length > 0 && arms.every((arm) => arm.verdict === 'SKIPPED')) return 'skipped';
  return 'as-declared';
}

/** A wrong verdict differs from the declared one and is neither INCONCLUSIVE nor SKIPPED. */
export function isWrong(arm: { readonly declared: Verdict | null; readonly verdict: Verdict }): boolean {
  if (arm.declared === null || arm.verdict === 'INCONCLUSIVE' || arm.verdict === 'SKIPPED') return false;
  return arm.verdict !== arm.declared;
}

function allHold(claims: readonly ClaimResult[], kind: ClaimResult['kind']): boolean {
  const ofKind = claims.filter((claim) => claim.kind === kind);
  return ofKind.length > 0 && ofKind.every((claim) => claim.holds);
}

/** The claims of the kind that came nearest to holding, as a reader would want to know what is missing. */
function openClaims(claims: readonly ClaimResult[]): string {
  const open = (kind: ClaimResult['kind']) => claims.filter((claim) => claim.kind === kind && !claim.holds);
  const [failure, health] = [open('failure'), open('health')];
  const nearer = failure.length > 0 && failure.length < health.length ? failure : health;
  const named = (nearer.length > 0 ? nearer : failure).map(
    (claim) =>
      `"${claim.text}" measured ${claim.measured === null ? 'nothing' : round(claim.measured)}, bound ${claim.comparison} ${claim.bound === null ? 'unknown' : round(claim.bound)}`,
  );
  return named.join('; ');
}

function round(value: number): string {
  return String(Number(value.toPrecision(3)));
}
