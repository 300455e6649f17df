import { withNeededArms, type Measured } from '../core/claims.ts';
import type { ArmResult, ScenarioResult } from '../core/document.ts';
import type { Arm } from '../core/scenario.ts';
import { isWrong, toOutcome } from '../core/verdict.ts';
import { calibrate } from './calibrate.ts';
import type { ArmOptions, ArmOutcome } from './arm-options.ts';
import { runArm } from './run-arm.ts';

/** An arm that proves nothing is run once more, and never again: a third try would be fishing for a verdict. */
const mostAttempts = 2;

export type ScenarioOptions = Omit<
  ArmOptions,
  'armName' | 'arm' | 'attempt' | 'ofArm' | 'logFolder' | 'isLastAttempt'
> & {
  /** The arms that were asked for; those that their claims refer to run as well. */
  readonly armNames: readonly string[];
  readonly logFolderOf: (arm: string, attempt: number) => string;
};

/** Runs the arms of a scenario one after the other and says whether they came out as declared. */
export async function runScenario(options: ScenarioOptions): Promise<ScenarioResult> {
  const { scenario, readings } = await calibrate({
    ...options,
    logFolder: options.logFolderOf('calibration', 1),
  });
  const measuredByArm = new Map<string, Measured>();
  const arms: ArmResult[] = [];
  for (const armName of withNeededArms(scenario, options.armNames, options.withTrigger)) {
    const arm = scenario.arms[armName];
    if (arm === undefined) throw new Error(`scenario ${scenario.name} has no arm ${armName}`);
    const { result, measured } = await runWithRetry({ ...options, scenario }, armName, arm, measuredByArm);
    arms.push(result);
    if (result.validity.valid && result.verdict !== 'INCONCLUSIVE') measuredByArm.set(armName, measured);
  }
  const outcome = toOutcome(arms);
  const scenarioResult = {
    name: scenario.name,
    question: scenario.question,
    outcome,
    reason: reasonOf(outcome, arms),
    calibration: readings === null ? null : { ...readings },
  };
  options.emit({ type: 'scenario-finished', scenario: scenarioResult });
  return { ...scenarioResult, arms };
}

async function runWithRetry(
  options: ScenarioOptions,
  armName: string,
  arm: Arm,
  measuredByArm: ReadonlyMap<string, Measured>,
): Promise<ArmOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await runArm({
      ...options,
      armName,
      arm,
      attempt,
      logFolder: options.logFolderOf(armName, attempt),
      ofArm: (name) => measuredByArm.get(name),
      isLastAttempt: attempt === mostAttempts,
    });
    const isConclusive = outcome.result.verdict !== 'INCONCLUSIVE';
    if (isConclusive || outcome.isFinal || attempt === mostAttempts) return outcome;
  }
}

function reasonOf(outcome: ScenarioResult['outcome'], arms: readonly ArmResult[]): string | null {
  if (outcome === 'as-declared') return null;
  if (outcome === 'not-as-declared')
    return arms
      .filter(isWrong)
      .map(({ name, verdict, declared }) => `${name}: ${verdict}, declared ${declared ?? 'nothing'}`)
      .join('; ');
  const wanted = outcome === 'skipped' ? 'SKIPPED' : 'INCONCLUSIVE';
  const names = arms.filter(({ verdict }) => verdict === wanted).map(({ name }) => name);
  return `${wanted}: ${names.join(', ')}; each says why`;
}
