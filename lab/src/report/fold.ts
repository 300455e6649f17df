import type { ArmResult, RunDocument, ScenarioResult } from '../core/document.ts';
import type { LabEvent, ScenarioHeader } from '../core/events.ts';
import { toOutcome } from '../core/verdict.ts';

/**
 * Makes the document of a run from its events; of an arm with two attempts the last finished one counts.
 * An interrupted recording gives what is there: a scenario without an end is inconclusive (or not as declared, when an
 * arm has already got a wrong verdict) and its reason names the arms that are missing; the duration is then the
 * seconds of load that were recorded. Throws when there is no `run-started`.
 */
export function toRunDocument(events: readonly LabEvent[]): RunDocument {
  const started = events.find((event) => event.type === 'run-started');
  if (started === undefined) throw new Error('these events hold no run: there is no "run-started"');
  const { runId, seed, target, driver, generators, startedAt, command, environment } = started;
  const ended = events.findLast((event) => event.type === 'run-finished');
  return {
    schemaVersion: 1,
    runId,
    seed,
    target,
    driver,
    ...(generators !== undefined && { generators }),
    startedAt,
    durationSeconds: ended?.durationSeconds ?? recordedSeconds(events),
    command,
    environment,
    scenarios: started.scenarios.map((header) => toScenarioResult(header, events)),
  };
}

/** True when the recording holds the end of its run. */
export function isComplete(events: readonly LabEvent[]): boolean {
  return events.some((event) => event.type === 'run-finished');
}

function toScenarioResult(header: ScenarioHeader, events: readonly LabEvent[]): ScenarioResult {
  const arms = armsOf(header, events);
  const ended = events.findLast(
    (event) => event.type === 'scenario-finished' && event.scenario.name === header.name,
  );
  if (ended?.type === 'scenario-finished') return { ...ended.scenario, arms };
  const outcome = toOutcome(arms) === 'not-as-declared' ? 'not-as-declared' : 'inconclusive';
  const calibration = calibrationOf(header, events);
  const reason = whatIsMissing(header, arms);
  return { name: header.name, question: header.question, outcome, reason, calibration, arms };
}

function calibrationOf({ name }: ScenarioHeader, events: readonly LabEvent[]): ScenarioResult['calibration'] {
  const found = events.find((event) => event.type === 'calibrated' && event.scenario === name);
  return found?.type === 'calibrated' ? { ...found.readings } : null;
}

/** In the order of the scenario; an arm that its header does not name (`custom`) comes last. */
function armsOf(header: ScenarioHeader, events: readonly LabEvent[]): ArmResult[] {
  const results = new Map<string, ArmResult | undefined>(header.arms.map(({ name }) => [name, undefined]));
  for (const event of events) {
    if (event.type === 'arm-finished' && event.scenario === header.name) results.set(event.arm, event.result);
  }
  return [...results.values()].filter((result) => result !== undefined);
}

function whatIsMissing(header: ScenarioHeader, arms: readonly ArmResult[]): string {
  const missing = header.arms
    .map(({ name }) => name)
    .filter((name) => !arms.some((arm) => arm.name === name));
  const what = missing.length === 0 ? 'after its last arm' : `without ${missing.join(', ')}`;
  return `the run was interrupted: this scenario ended ${what}`;
}

function recordedSeconds(events: readonly LabEvent[]): number {
  return events.filter((event) => event.type === 'load-second').length;
}
