import type { ScenarioOutcome } from './verdict.ts';

/** 1 weighs more than 3, and 3 more than 0; SKIPPED counts as 0. */
export function exitCodeOf(outcomes: readonly ScenarioOutcome[]): 0 | 1 | 3 {
  if (outcomes.includes('not-as-declared')) return 1;
  return outcomes.includes('inconclusive') ? 3 : 0;
}
