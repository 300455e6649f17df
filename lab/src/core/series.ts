import type { ArmResult, RunDocument } from './document.ts';
import { isWrong } from './verdict.ts';

/** Several runs of the same selection: every verdict counted, and the spread of what the claims measured. */
export interface Series {
  readonly schemaVersion: 1;
  readonly seriesId: string;
  readonly wantedRepetitions: number;
  readonly finishedRepetitions: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly wrongVerdicts: number;
  readonly arms: readonly ArmSpread[];
  readonly runs: readonly RunDocument[];
}

export interface ArmSpread {
  readonly scenario: string;
  readonly arm: string;
  readonly declared: string | null;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly claims: readonly {
    readonly text: string;
    readonly bounds: Spread | null;
    readonly measured: Spread | null;
  }[];
  readonly recoverySeconds: Spread | null;
}

export interface Spread {
  readonly minimum: number;
  readonly median: number;
  readonly maximum: number;
}

export function toSeries(seriesId: string, wantedRepetitions: number, runs: readonly RunDocument[]): Series {
  const results = runs.flatMap((run) =>
    run.scenarios.flatMap((scenario) => scenario.arms.map((arm) => ({ scenario: scenario.name, arm }))),
  );
  const keys = [...new Set(results.map(({ scenario, arm }) => `${scenario}\n${arm.name}`))];
  return {
    schemaVersion: 1,
    seriesId,
    wantedRepetitions,
    finishedRepetitions: runs.length,
    outcomes: count(runs.flatMap((run) => run.scenarios.map(({ outcome }) => outcome))),
    wrongVerdicts: results.filter(({ arm }) => isWrong(arm)).length,
    arms: keys.map((key) => {
      const same = results.filter(({ scenario, arm }) => `${scenario}\n${arm.name}` === key);
      return toArmSpread(
        same[0]?.scenario ?? '',
        same.map(({ arm }) => arm),
      );
    }),
    runs,
  };
}

/** Null where nothing was measured. */
export function toSpread(values: readonly (number | null)[]): Spread | null {
  const sorted = values.filter((value) => value !== null).sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const [minimum, median, maximum] = [sorted[0], sorted[middle], sorted.at(-1)];
  if (minimum === undefined || median === undefined || maximum === undefined) return null;
  const below = sorted[middle - 1] ?? median;
  return { minimum, median: sorted.length % 2 === 0 ? (below + median) / 2 : median, maximum };
}

function toArmSpread(scenario: string, arms: readonly ArmResult[]): ArmSpread {
  const first = arms[0];
  return {
    scenario,
    arm: first?.name ?? '',
    declared: first?.declared ?? null,
    verdicts: count(arms.map(({ verdict }) => verdict)),
    claims: (first?.claims ?? []).map(({ text, kind }) => {
      const same = arms.flatMap((arm) =>
        arm.claims.filter((claim) => claim.text === text && claim.kind === kind),
      );
      return {
        text,
        bounds: toSpread(same.map(({ bound }) => bound)),
        measured: toSpread(same.map(({ measured }) => measured)),
      };
    }),
    recoverySeconds: toSpread(arms.map(({ recoverySeconds }) => recoverySeconds)),
  };
}

function count(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
