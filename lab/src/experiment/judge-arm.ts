import { claimsOf } from '../core/arm-claims.ts';
import { createMeasured, judgeClaim, measureAllMechanisms, type Measured } from '../core/claims.ts';
import type { ArmResult, ArmSetup, ClaimResult, Validity } from '../core/document.ts';
import type { Window } from '../core/events.ts';
import { type ArmRecord, measurePhase } from '../core/measurement.ts';
import { percentilesMs } from '../core/percentiles.ts';
import { recoverySecondsOf } from '../core/recovery.ts';
import { type Arm, type Claim, type ConclusiveVerdict, hasFix, type Scenario } from '../core/scenario.ts';
import { smallestDeadlineMs } from '../core/timeline.ts';
import { judgeValidity } from '../core/validity.ts';
import { type Finding, toVerdict } from '../core/verdict.ts';
import type { ArmOptions, ArmOutcome } from './arm-options.ts';
import type { LoadRecord } from './run-load.ts';

/** Turns what was recorded of an arm into claims and a verdict. `resolved` is the scenario as the arm ran it. */
export function judgeArm(
  options: ArmOptions,
  resolved: Scenario,
  windows: Readonly<Record<string, Window>>,
  load: LoadRecord,
): ArmOutcome {
  const { scenario, arm, armName, withTrigger } = options;
  const record: ArmRecord = {
    windows,
    seconds: load.seconds,
    samples: load.samples,
    incidents: load.incidents,
    poolSize: resolved.system.poolSize,
  };
  const measured = createMeasured(scenario, record);
  const validity = toValidity(resolved, record, load);
  const claims = judgeClaims(options, measured);
  const { verdict, reason } = toFinding(options, validity, load, claims);
  const result: ArmResult = {
    name: armName,
    role: arm.role,
    summary: arm.summary,
    declared: declaredVerdict(arm, withTrigger),
    verdict,
    reason,
    attempts: options.attempt,
    setup: toSetup(options, resolved),
    claims,
    validity,
    mechanism: measureAllMechanisms(scenario, measured),
    incidents: [...load.incidents],
    recoverySeconds: recoverySecondsOf(record),
    phases: Object.fromEntries(
      Object.entries(windows).map(([name, window]) => [name, measurePhase(record, window)] as const),
    ),
  };
  return { result, measured, isFinal: load.endedEarly?.isFinal ?? false };
}

/** The result of an arm that the target cannot run here. */
export function skippedArm(options: ArmOptions, resolved: Scenario, reason: string): ArmOutcome {
  const { arm, armName, withTrigger } = options;
  const result: ArmResult = {
    name: armName,
    role: arm.role,
    summary: arm.summary,
    declared: declaredVerdict(arm, withTrigger),
    verdict: 'SKIPPED',
    reason,
    attempts: options.attempt,
    setup: toSetup(options, resolved),
    claims: [],
    validity: { ...noFigures, valid: false, reasons: [reason] },
    mechanism: {},
    incidents: [],
    recoverySeconds: null,
    phases: {},
  };
  return { result, measured: () => null, isFinal: false };
}

const noFigures = {
  latenessP99Ms: null,
  plannedRequests: 0,
  sentRequests: 0,
  driverUtilisationRatio: null,
  foreignCpuRatio: null,
  scrapeGaps: 0,
} as const;

/** Without the trigger every arm must be well: the A/A control. */
export function declaredVerdict(arm: Arm, withTrigger: boolean): ConclusiveVerdict | null {
  if (arm.declared === null) return null;
  return withTrigger ? arm.declared : 'NOT DEMONSTRATED';
}

export function toSetup({ arm, withTrigger }: ArmOptions, resolved: Scenario): ArmSetup {
  const { trigger, system } = resolved;
  const { replicas, limits, poolSize, ...rest } = system;
  return {
    replicas,
    limits: limits === undefined ? null : { ...limits },
    system: structuredClone(rest),
    poolSize,
    protections: structuredClone(arm.protections),
    load: structuredClone(resolved.load),
    trigger: trigger === null || !withTrigger ? null : structuredClone({ ...trigger }),
    deadlineMs: Object.fromEntries(
      Object.values(resolved.routes).map(({ key, deadlineMs }) => [key, deadlineMs] as const),
    ),
  };
}

function judgeClaims(options: ArmOptions, measured: Measured): ClaimResult[] {
  const { scenario, armName, withTrigger } = options;
  const { failure, health } = claimsOf(scenario, armName, withTrigger);
  const judge = (kind: ClaimResult['kind'], claims: readonly Claim[]) =>
    claims.map((claim) => judgeClaim(kind, claim, scenario, measured, options.ofArm));
  return [...judge('failure', failure), ...judge('health', health)];
}

function toFinding(
  { arm, withTrigger }: ArmOptions,
  validity: Validity,
  load: LoadRecord,
  claims: readonly ClaimResult[],
): Finding {
  if (load.endedEarly !== null) return { verdict: 'INCONCLUSIVE', reason: load.endedEarly.reason };
  if (!validity.valid) return { verdict: 'INCONCLUSIVE', reason: validity.reasons.join('; ') };
  return toVerdict(claims, withTrigger && hasFix(arm.role));
}

function toValidity(resolved: Scenario, record: ArmRecord, load: LoadRecord): Validity {
  const measuredFrom = record.windows['baseline']?.startSecond ?? 0;
  const seconds = record.seconds.filter(({ second }) => second >= measuredFrom);
  const sum = (pick: (second: (typeof seconds)[number]) => number) =>
    seconds.reduce((total, second) => total + pick(second), 0);
  const lateness = seconds.map((second) => second.lateness);
  return judgeValidity({
    latenessP99Ms: percentilesMs(lateness, [99])[0] ?? null,
    plannedRequests: sum(({ planned }) => planned),
    sentRequests: sum(({ sent }) => sent),
    driverUtilisationRatio:
      seconds.length === 0 ? null : sum(({ utilisationRatio }) => utilisationRatio) / seconds.length,
    foreignCpuRatio: load.foreignCpuRatio,
    scrapeGaps: record.samples.filter(({ metrics }) => metrics === null).length,
    scrapes: record.samples.length,
    smallestDeadlineMs: smallestDeadlineMs(resolved),
    ...(load.generators !== undefined && { generators: load.generators }),
  });
}
