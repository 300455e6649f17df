import { adviceFor } from '../core/advice.ts';
import { createMeasured, judgeClaim, measureAllMechanisms, type Measured } from '../core/claims.ts';
import type { ArmResult, ArmSetup, ClaimResult, Validity } from '../core/document.ts';
import type { EventListener, Window } from '../core/events.ts';
import { percentilesMs } from '../core/percentiles.ts';
import { type ArmRecord, measurePhase } from '../core/measurement.ts';
import { recoverySecondsOf } from '../core/recovery.ts';
import { type Arm, type ConclusiveVerdict, hasFix, type Scenario } from '../core/scenario.ts';
import { formatProtections } from '../core/settings.ts';
import { loadSecondsOf, smallestDeadlineMs, toLoadPlan, toWindows } from '../core/timeline.ts';
import { judgeValidity } from '../core/validity.ts';
import { type Finding, toVerdict } from '../core/verdict.ts';
import type { Driver } from '../drivers/driver.ts';
import type { SystemSpec, Target } from '../targets/target.ts';
import type { Clock, HttpClient, Machine } from './instruments.ts';
import { type LoadRecord, runLoad } from './run-load.ts';

/** Everything that an arm is run with; nothing of it is reached for from outside. */
export interface ArmOptions {
  readonly scenario: Scenario;
  readonly armName: string;
  readonly arm: Arm;
  readonly attempt: number;
  /** No retry follows: an INCONCLUSIVE result then says what to change on this machine. */
  readonly isLastAttempt: boolean;
  readonly seed: number;
  /** False: the A/A control. The trigger is never switched on, and NOT DEMONSTRATED is what must come out. */
  readonly withTrigger: boolean;
  readonly target: Target;
  readonly driver: Driver;
  readonly clock: Clock;
  readonly machine: Machine;
  readonly http: HttpClient;
  readonly signal: AbortSignal;
  readonly logFolder: string;
  readonly emit: EventListener;
  /** What arms that ran before have measured, for claims relative to them; only of valid ones. */
  readonly ofArm: (arm: string) => Measured | undefined;
}

export interface ArmOutcome {
  readonly result: ArmResult;
  readonly measured: Measured;
}

/** Runs one arm once: fresh processes → load with its trigger → claims → verdict. Leaves nothing running. */
export async function runArm(options: ArmOptions): Promise<ArmOutcome> {
  const { scenario, arm, armName, emit } = options;
  const ref = { scenario: scenario.name, arm: armName, attempt: options.attempt };
  const windows: Record<string, Window> = { ...toWindows(scenario) };
  const loadSeconds = loadSecondsOf(scenario);
  const setup = toSetup(options);
  const declared = declaredVerdict(options);
  emit({
    ...ref,
    type: 'arm-started',
    role: arm.role,
    summary: arm.summary,
    declared,
    setup,
    phases: windows,
    loadSeconds,
  });
  const system = await options.target.start(toSystemSpec(scenario, arm), {
    signal: options.signal,
    logFolder: options.logFolder,
  });
  let load: LoadRecord;
  try {
    load = await runLoad({
      ...options,
      system,
      windows,
      loadSeconds,
      plan: toLoadPlan(scenario, options.seed),
      trigger: options.withTrigger ? scenario.trigger : null,
      onStarted: () => emit({ ...ref, type: 'load-started' }),
      onPhase: (phase) => emit({ ...ref, type: 'phase-started', phase }),
      onSecond: (second) => emit({ ...ref, type: 'load-second', load: second }),
      onSample: (sample) => emit({ ...ref, type: 'sample', sample }),
    });
  } finally {
    await system.stop();
  }
  const { result: judged, measured } = judge(options, windows, load, setup, declared);
  const result = await withAdvice(options, judged);
  emit({ ...ref, type: 'arm-finished', result });
  return { result, measured };
}

/** The processes of an arm. Protections always go in by the variable, so that a restarted replica has the fix too. */
export function toSystemSpec(
  scenario: Scenario,
  arm: Pick<Arm, 'poolSize' | 'protections'>,
  ports: SystemSpec['ports'] = 'auto',
): SystemSpec {
  return {
    replicas: scenario.system.replicas,
    ports,
    backendEnvironment: {
      ...scenario.system.backendEnvironment,
      DATABASE_POOL_SIZE: String(arm.poolSize ?? scenario.system.poolSize),
      PROTECTIONS: formatProtections(arm.protections),
    },
    downstreamEnvironment: { DEFAULT_DELAY: String(scenario.system.downstreamDelayMs / 1000) },
  };
}

async function withAdvice({ isLastAttempt, machine }: ArmOptions, result: ArmResult): Promise<ArmResult> {
  if (!isLastAttempt || result.verdict !== 'INCONCLUSIVE') return result;
  const advice = adviceFor(result, await machine.busiestProcess());
  return { ...result, reason: `${result.reason ?? ''}. ${advice}` };
}

function judge(
  options: ArmOptions,
  windows: Readonly<Record<string, Window>>,
  load: LoadRecord,
  setup: ArmSetup,
  declared: ConclusiveVerdict | null,
): ArmOutcome {
  const { scenario, arm, armName } = options;
  const record: ArmRecord = {
    windows,
    seconds: load.seconds,
    samples: load.samples,
    poolSize: setup.poolSize,
  };
  const measured = createMeasured(scenario, record);
  const validity = toValidity(scenario, record, load);
  const claims = judgeClaims(options, measured);
  const { verdict, reason } = toFinding(options, validity, load, claims);
  const result: ArmResult = {
    name: armName,
    role: arm.role,
    summary: arm.summary,
    declared,
    verdict,
    reason,
    attempts: options.attempt,
    setup,
    claims,
    validity,
    mechanism: measureAllMechanisms(scenario, measured),
    recoverySeconds: recoverySecondsOf(record),
    phases: Object.fromEntries(
      Object.entries(windows).map(([name, window]) => [name, measurePhase(record, window)] as const),
    ),
  };
  return { result, measured };
}

function judgeClaims(options: ArmOptions, measured: Measured): ClaimResult[] {
  const { scenario, arm, withTrigger } = options;
  const relevant = (claims: Arm['healthClaims']) =>
    claims.filter((claim) => withTrigger || claim.evidence !== true);
  return [
    ...relevant(arm.failureClaims).map((claim) =>
      judgeClaim('failure', claim, scenario, measured, options.ofArm),
    ),
    ...relevant(arm.healthClaims).map((claim) =>
      judgeClaim('health', claim, scenario, measured, options.ofArm),
    ),
  ];
}

function toFinding(
  { arm, withTrigger }: ArmOptions,
  validity: Validity,
  load: LoadRecord,
  claims: readonly ClaimResult[],
): Finding {
  if (load.unhealthyBaseline !== null) return { verdict: 'INCONCLUSIVE', reason: load.unhealthyBaseline };
  if (!validity.valid) return { verdict: 'INCONCLUSIVE', reason: validity.reasons.join('; ') };
  return toVerdict(claims, withTrigger && hasFix(arm.role));
}

function declaredVerdict({ arm, withTrigger }: ArmOptions): ConclusiveVerdict | null {
  if (arm.declared === null) return null;
  return withTrigger ? arm.declared : 'NOT DEMONSTRATED';
}

function toSetup({ scenario, arm, withTrigger }: ArmOptions): ArmSetup {
  const { trigger } = scenario;
  return {
    replicas: scenario.system.replicas,
    limits: null,
    poolSize: arm.poolSize ?? scenario.system.poolSize,
    protections: structuredClone(arm.protections),
    load: structuredClone(scenario.load),
    trigger: trigger === null || !withTrigger ? null : { ...trigger },
    deadlineMs: Object.fromEntries(
      Object.values(scenario.routes).map(({ key, deadlineMs }) => [key, deadlineMs] as const),
    ),
  };
}

function toValidity(scenario: Scenario, record: ArmRecord, load: LoadRecord): Validity {
  const measuredFrom = record.windows['baseline']?.startSecond ?? 0;
  const seconds = record.seconds.filter(({ second }) => second >= measuredFrom);
  const sum = (pick: (second: (typeof seconds)[number]) => number) =>
    seconds.reduce((total, second) => total + pick(second), 0);
  return judgeValidity({
    latenessP99Ms:
      percentilesMs(
        seconds.map(({ lateness }) => lateness),
        [99],
      )[0] ?? null,
    plannedRequests: sum(({ planned }) => planned),
    sentRequests: sum(({ sent }) => sent),
    driverUtilisationRatio:
      seconds.length === 0 ? null : sum(({ utilisationRatio }) => utilisationRatio) / seconds.length,
    foreignCpuRatio: load.foreignCpuRatio,
    scrapeGaps: record.samples.filter(({ metrics }) => metrics === null).length,
    scrapes: record.samples.length,
    smallestDeadlineMs: smallestDeadlineMs(scenario),
  });
}
