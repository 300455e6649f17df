import { toDesired } from './autoscaler-metric.ts';
import type { Desired, MetricInput } from './autoscaler-metric.ts';

/** How fast one direction may go: so many replicas, or percent of the replicas, per period. */
export interface ScalingPolicy {
  readonly type: 'Pods' | 'Percent';
  readonly value: number;
  readonly periodSeconds: number;
}

/** `behavior.scaleUp` or `behavior.scaleDown`. */
export interface ScalingRules {
  readonly stabilizationWindowSeconds: number;
  readonly policies: readonly ScalingPolicy[];
  /** The policy that allows the most change, the least, or no scaling in this direction at all. */
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
}

export interface ScalingBehavior {
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

/** What Kubernetes does when `behavior` says nothing (same page, "Default Behavior"). */
export const defaultScalingBehavior: ScalingBehavior = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    policies: [
      { type: 'Percent', value: 100, periodSeconds: 15 },
      { type: 'Pods', value: 4, periodSeconds: 15 },
    ],
    selectPolicy: 'Max',
  },
  scaleDown: {
    stabilizationWindowSeconds: 300,
    policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
    selectPolicy: 'Max',
  },
};

export interface AutoscalerInput extends MetricInput {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly behavior: ScalingBehavior;
}

/** What the autoscaler remembers from step to step, oldest first. */
export interface AutoscalerState {
  /** What the metric wanted, before windows and policies. */
  readonly recommendations: readonly { readonly atSeconds: number; readonly replicas: number }[];
  /** Changes that were made; negative ones took replicas away. */
  readonly scaleEvents: readonly { readonly atSeconds: number; readonly change: number }[];
}

/** In the words of `kubectl describe hpa` where it has one. `ScalingDisabled`: somebody asked for 0 replicas. */
export type ScalingReason =
  | 'DesiredWithinRange'
  | 'ScaleUpStabilized'
  | 'ScaleDownStabilized'
  | 'ScaleUpLimit'
  | 'ScaleDownLimit'
  | 'TooManyReplicas'
  | 'TooFewReplicas'
  | 'ScalingDisabled'
  | NonNullable<Desired['held']>;

export interface Recommendation {
  readonly state: AutoscalerState;
  readonly replicas: number;
  readonly reason: ScalingReason;
  /** Mean in whole percent of the request; null where it was not looked at or nothing was measured. */
  readonly utilizationPercent: number | null;
}

/** The replicas that are there count as the first recommendation, so a new autoscaler does not scale down at once. */
export function createAutoscalerState(currentReplicas: number, nowSeconds: number): AutoscalerState {
  return { recommendations: [{ atSeconds: nowSeconds, replicas: currentReplicas }], scaleEvents: [] };
}

/**
 * One step of the HorizontalPodAutoscaler: metric → stabilisation windows → policies → bounds. The state that it gives
 * back assumes that the caller does as recommended.
 *
 * Source: kubernetes.io, "Horizontal Pod Autoscaling", "Algorithm details" and "Configurable scaling behavior"; order
 * of the steps as in `pkg/controller/podautoscaler/horizontal.go`.
 */
export function recommend(state: AutoscalerState, input: AutoscalerInput): Recommendation {
  const { currentReplicas: current, minReplicas, maxReplicas } = input;
  const conclude = (
    recommendations: AutoscalerState['recommendations'],
    { replicas, reason }: Limited,
    utilizationPercent: number | null,
  ): Recommendation => ({
    state: forget({ recommendations, scaleEvents: withEvent(state, input, replicas) }, input),
    replicas,
    reason,
    utilizationPercent,
  });

  // Outside of the bounds the metric is not asked, and the policies do not slow the way back.
  if (current === 0) return conclude(state.recommendations, { replicas: 0, reason: 'ScalingDisabled' }, null);
  const bounded = Math.min(Math.max(current, minReplicas), maxReplicas);
  if (bounded !== current) {
    const reason = current > maxReplicas ? 'TooManyReplicas' : 'TooFewReplicas';
    return conclude(state.recommendations, { replicas: bounded, reason }, null);
  }

  const desired = toDesired(input);
  if (desired.held === 'NoMetrics') {
    return conclude(state.recommendations, { replicas: current, reason: 'NoMetrics' }, null);
  }
  const recommendations = [
    ...state.recommendations,
    { atSeconds: input.nowSeconds, replicas: desired.replicas },
  ];
  const limited = limit(state, input, stabilize(state, input, desired));
  return conclude(recommendations, limited, desired.utilizationPercent);
}

interface Limited {
  readonly replicas: number;
  readonly reason: ScalingReason;
}

/** Up no further than the least, down no further than the most that was wanted within the window of the direction. */
function stabilize({ recommendations }: AutoscalerState, input: AutoscalerInput, desired: Desired): Limited {
  const { currentReplicas: current, nowSeconds, behavior } = input;
  const within = (windowSeconds: number): readonly number[] =>
    recommendations
      .filter(({ atSeconds }) => atSeconds > nowSeconds - windowSeconds)
      .map(({ replicas }) => replicas);
  const least = Math.min(desired.replicas, ...within(behavior.scaleUp.stabilizationWindowSeconds));
  const most = Math.max(desired.replicas, ...within(behavior.scaleDown.stabilizationWindowSeconds));
  const replicas = Math.min(Math.max(current, least), most);
  if (replicas === desired.replicas) return { replicas, reason: desired.held ?? 'DesiredWithinRange' };
  return { replicas, reason: desired.replicas > current ? 'ScaleUpStabilized' : 'ScaleDownStabilized' };
}

/** What the policies and the bounds leave of it. */
function limit(state: AutoscalerState, input: AutoscalerInput, wanted: Limited): Limited {
  const { currentReplicas: current, minReplicas, maxReplicas } = input;
  if (wanted.replicas > current) {
    const allowed = Math.max(current, toUpperLimit(state, input));
    if (wanted.replicas <= Math.min(allowed, maxReplicas)) return wanted;
    return allowed < maxReplicas
      ? { replicas: allowed, reason: 'ScaleUpLimit' }
      : { replicas: maxReplicas, reason: 'TooManyReplicas' };
  }
  if (wanted.replicas < current) {
    const allowed = Math.min(current, toLowerLimit(state, input));
    if (wanted.replicas >= Math.max(allowed, minReplicas)) return wanted;
    return allowed > minReplicas
      ? { replicas: allowed, reason: 'ScaleDownLimit' }
      : { replicas: minReplicas, reason: 'TooFewReplicas' };
  }
  return wanted;
}

function toUpperLimit(state: AutoscalerState, input: AutoscalerInput): number {
  const { policies, selectPolicy } = input.behavior.scaleUp;
  if (selectPolicy === 'Disabled') return input.currentReplicas;
  const limits = policies.map(({ type, value, periodSeconds }) => {
    const before = toReplicasBefore(state, input, periodSeconds);
    return type === 'Pods' ? before + value : Math.ceil(before * (1 + value / 100));
  });
  return selectPolicy === 'Min' ? Math.min(...limits) : Math.max(...limits);
}

/** Rounded down: 10 % of 72 replicas are 8 (the page's own example). */
function toLowerLimit(state: AutoscalerState, input: AutoscalerInput): number {
  const { policies, selectPolicy } = input.behavior.scaleDown;
  if (selectPolicy === 'Disabled') return input.currentReplicas;
  const limits = policies.map(({ type, value, periodSeconds }) => {
    const before = toReplicasBefore(state, input, periodSeconds);
    return type === 'Pods' ? before - value : Math.trunc(before * (1 - value / 100));
  });
  return selectPolicy === 'Min' ? Math.max(...limits) : Math.min(...limits);
}

/** How many there were when the period began. */
function toReplicasBefore(
  { scaleEvents }: AutoscalerState,
  { currentReplicas, nowSeconds }: AutoscalerInput,
  periodSeconds: number,
): number {
  return scaleEvents
    .filter(({ atSeconds }) => atSeconds > nowSeconds - periodSeconds)
    .reduce((replicas, { change }) => replicas - change, currentReplicas);
}

function withEvent(
  { scaleEvents }: AutoscalerState,
  { currentReplicas, nowSeconds }: AutoscalerInput,
  replicas: number,
): AutoscalerState['scaleEvents'] {
  if (replicas === currentReplicas) return scaleEvents;
  return [...scaleEvents, { atSeconds: nowSeconds, change: replicas - currentReplicas }];
}

/** Drops what no window and no policy can see any more. */
function forget(state: AutoscalerState, { nowSeconds, behavior }: AutoscalerInput): AutoscalerState {
  const rules = [behavior.scaleUp, behavior.scaleDown];
  const windowSeconds = Math.max(...rules.map((rule) => rule.stabilizationWindowSeconds));
  const periodSeconds = Math.max(
    0,
    ...rules.flatMap(({ policies }) => policies.map((policy) => policy.periodSeconds)),
  );
  return {
    recommendations: state.recommendations.filter(({ atSeconds }) => atSeconds > nowSeconds - windowSeconds),
    scaleEvents: state.scaleEvents.filter(({ atSeconds }) => atSeconds > nowSeconds - periodSeconds),
  };
}
