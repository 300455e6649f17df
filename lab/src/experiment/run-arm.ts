import { adviceFor } from '../core/advice.ts';
import type { ArmResult } from '../core/document.ts';
import type { Window } from '../core/events.ts';
import { resolveArm } from '../core/resolve-arm.ts';
import type { Scenario } from '../core/scenario.ts';
import { inScaledTime, loadSecondsOf, toLoadPlan, toWindows } from '../core/timeline.ts';
import type { SystemSpec } from '../targets/target.ts';
import type { ArmOptions, ArmOutcome } from './arm-options.ts';
import { declaredVerdict, judgeArm, skippedArm, toSetup } from './judge-arm.ts';
import { type LoadRecord, runLoad } from './run-load.ts';
import { toSystemSpec } from './system-spec.ts';

/** Runs one arm once: fresh processes → load with its trigger → claims → verdict. Leaves nothing running. */
export async function runArm(options: ArmOptions): Promise<ArmOutcome> {
  const { arm, armName, emit, target } = options;
  const resolved = resolveArm(options.scenario, arm);
  const spec = toSystemSpec(resolved.system, arm.protections);
  const isScaledByHand = resolved.trigger?.replicas !== undefined;
  const scenario = inScaledTime(resolved, target.timeScale(spec, isScaledByHand));
  const ref = { scenario: scenario.name, arm: armName, attempt: options.attempt };
  const windows: Record<string, Window> = { ...toWindows(scenario) };
  emit({
    ...ref,
    type: 'arm-started',
    role: arm.role,
    summary: arm.summary,
    declared: declaredVerdict(arm, options.withTrigger),
    setup: toSetup(options, scenario),
    phases: windows,
    loadSeconds: loadSecondsOf(scenario),
  });
  const obstacle = target.unsupported(spec);
  const outcome =
    obstacle === null
      ? judgeArm(options, scenario, windows, await loadSystem(options, scenario, windows, spec))
      : skippedArm(options, scenario, obstacle);
  const result = outcome.isFinal ? outcome.result : await withAdvice(options, outcome.result);
  emit({ ...ref, type: 'arm-finished', result });
  return { ...outcome, result };
}

async function loadSystem(
  options: ArmOptions,
  scenario: Scenario,
  windows: Readonly<Record<string, Window>>,
  spec: SystemSpec,
): Promise<LoadRecord> {
  const { armName, attempt, emit, withTrigger } = options;
  const ref = { scenario: scenario.name, arm: armName, attempt };
  const system = await options.target.start(spec, {
    signal: options.signal,
    logFolder: options.logFolder,
  });
  try {
    return await runLoad({
      ...options,
      system,
      windows,
      loadSeconds: loadSecondsOf(scenario),
      plan: toLoadPlan(scenario, options.seed, withTrigger),
      trigger: withTrigger ? scenario.trigger : null,
      onStarted: () => emit({ ...ref, type: 'load-started' }),
      onPhase: (phase) => emit({ ...ref, type: 'phase-started', phase }),
      onSecond: (second) => emit({ ...ref, type: 'load-second', load: second }),
      onSample: (sample) => emit({ ...ref, type: 'sample', sample }),
      onIncident: (incident) => emit({ ...ref, type: 'incident', incident }),
    });
  } finally {
    await system.stop();
  }
}

async function withAdvice({ isLastAttempt, machine }: ArmOptions, result: ArmResult): Promise<ArmResult> {
  if (!isLastAttempt || result.verdict !== 'INCONCLUSIVE') return result;
  const advice = adviceFor(result, await machine.busiestProcess());
  return { ...result, reason: `${result.reason ?? ''}. ${advice}` };
}
