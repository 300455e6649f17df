import type { Window } from './events.ts';
import type { LoadPlan } from './plan.ts';
import type { PhaseName, Scenario, StreamSpec } from './scenario.ts';

/**
 * The windows of an arm in seconds of its plan. Between `baseline` and the trigger lies one deadline (the largest), so
 * that the trigger hits no request of the baseline and the gate sees all of it. `during` ends one deadline before the
 * trigger does, since an overload heals its last second: what was asked for just before the end is answered after it.
 */
export function toWindows(scenario: Scenario): Partial<Record<PhaseName, Window>> {
  const { warmUpSeconds, baselineSeconds, fillSeconds, steadySeconds, afterSeconds } = scenario.timeline;
  const deadlineSeconds = Math.ceil(largestDeadlineMs(scenario) / 1000);
  const baselineEnd = warmUpSeconds + baselineSeconds;
  const start = baselineEnd + deadlineSeconds;
  const windows: Partial<Record<PhaseName, Window>> = {
    'warm-up': { startSecond: 0, endSecond: warmUpSeconds },
    baseline: { startSecond: warmUpSeconds, endSecond: baselineEnd },
  };
  if (scenario.trigger === null) {
    windows.during = { startSecond: start, endSecond: start + steadySeconds };
    return windows;
  }
  const end = start + scenario.trigger.durationSeconds;
  windows.trigger = { startSecond: start, endSecond: end };
  windows.during = { startSecond: start + fillSeconds, endSecond: end - deadlineSeconds };
  if (afterSeconds > 0) windows.after = { startSecond: end, endSecond: end + afterSeconds };
  return windows;
}

/** The same scenario with a disturbance, and the time that it needs to take effect, of `factor` times the length. */
export function inScaledTime(scenario: Scenario, factor: number): Scenario {
  const { timeline, trigger } = scenario;
  if (factor === 1 || trigger === null) return scenario;
  return {
    ...scenario,
    timeline: { ...timeline, fillSeconds: timeline.fillSeconds * factor },
    trigger: { ...trigger, durationSeconds: trigger.durationSeconds * factor },
  };
}

export function loadSecondsOf(scenario: Scenario): number {
  const windows = toWindows(scenario);
  return Math.max(...Object.values(windows).map(({ endSecond }) => endSecond));
}

/**
 * The load of the scenario over all phases of an arm. The same seed gives the same requests in every arm. Without the
 * trigger (the A/A control) the streams that are part of it are left out.
 */
export function toLoadPlan(scenario: Scenario, seed: number, withTrigger = true): LoadPlan {
  const { clientConnections } = scenario.system;
  return {
    seed,
    inFlightLimit: 20_000,
    routes: Object.values(scenario.routes),
    streams: Object.entries(scenario.load)
      .filter(([, { when }]) => withTrigger || when !== 'trigger')
      .map(([name, { when, ...stream }]) => ({
        ...stream,
        name,
        route: scenario.routes[stream.route]?.key ?? stream.route,
        ...(when === 'trigger' ? inTrigger(scenario, stream) : untilEnd(scenario, stream)),
      })),
    ...(clientConnections !== undefined && { connections: clientConnections }),
  };
}

function untilEnd(scenario: Scenario, { startTimeSeconds }: StreamSpec) {
  return { startTimeSeconds, durationSeconds: loadSecondsOf(scenario) - startTimeSeconds };
}

/** Its `startTimeSeconds` count from the trigger's start. */
function inTrigger(scenario: Scenario, { startTimeSeconds }: StreamSpec) {
  const { trigger } = toWindows(scenario);
  if (trigger === undefined) throw new RangeError(`${scenario.name}: there is no trigger`);
  return {
    startTimeSeconds: trigger.startSecond + startTimeSeconds,
    durationSeconds: trigger.endSecond - trigger.startSecond - startTimeSeconds,
  };
}

function largestDeadlineMs(scenario: Scenario): number {
  return Math.max(...Object.values(scenario.routes).map(({ deadlineMs }) => deadlineMs));
}

export function smallestDeadlineMs(scenario: Scenario): number {
  return Math.min(...Object.values(scenario.routes).map(({ deadlineMs }) => deadlineMs));
}
