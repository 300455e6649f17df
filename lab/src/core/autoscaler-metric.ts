/** One replica as the autoscaler sees it. All times in seconds of one clock. */
export interface PodReading {
  readonly isReady: boolean;
  /** Of the replica, not of its present process: `status.startTime` of a pod. */
  readonly startedAtSeconds: number;
  /** Last change of readiness in either direction; the start when there was none. */
  readonly readinessChangedAtSeconds: number;
  /** CPU in percent of the request, averaged from `sinceSeconds` until now; null where there is no reading. */
  readonly usage: { readonly percent: number; readonly sinceSeconds: number } | null;
}

export interface MetricInput {
  readonly nowSeconds: number;
  readonly currentReplicas: number;
  /** `averageUtilization`: percent of the request. */
  readonly targetPercent: number;
  readonly pods: readonly PodReading[];
  /** The readiness delay and the CPU initialisation period are multiplied by this; 1 is Kubernetes. */
  readonly timeScale: number;
}

/** What the metric alone wants. `held`: why it wants no change. */
export interface Desired {
  readonly replicas: number;
  /** Mean over the replicas that count, in whole percent, before anything is assumed about the others. */
  readonly utilizationPercent: number | null;
  readonly held: 'NoMetrics' | 'WithinTolerance' | 'DirectionReversed' | null;
}

/** `--horizontal-pod-autoscaler-tolerance`. */
const tolerance = 0.1;
/** `--horizontal-pod-autoscaler-initial-readiness-delay`. */
const initialReadinessDelaySeconds = 30;
/** `--horizontal-pod-autoscaler-cpu-initialization-period`. */
const cpuInitializationPeriodSeconds = 300;

/**
 * desired = ceil(replicas × utilisation / target) of the HorizontalPodAutoscaler, with its caution about replicas of
 * which it knows nothing: those without a reading count as the target when that would scale down and as 0 % when it
 * would scale up; those that are not ready yet count as 0 % when it would scale up and are left out otherwise.
 *
 * Source: kubernetes.io, "Horizontal Pod Autoscaling", "Algorithm details". Where the page is silent, as
 * `pkg/controller/podautoscaler/replica_calculator.go` does: utilisation is cut to whole percent, and the factor is the
 * number of replicas that were counted.
 */
export function toDesired(input: MetricInput): Desired {
  const { currentReplicas, targetPercent } = input;
  const { measured, missing, notYetReady } = sortOut(input);
  if (measured.length === 0) return hold(currentReplicas, null, 'NoMetrics');

  const utilizationPercent = toMeanPercent(measured);
  const firstRatio = utilizationPercent / targetPercent;
  const wantsUp = firstRatio > 1;
  const wantsDown = firstRatio < 1;
  const counted = [
    ...measured,
    ...(wantsUp || wantsDown ? missing.map(() => (wantsUp ? 0 : targetPercent)) : []),
    ...(wantsUp ? notYetReady.map(() => 0) : []),
  ];

  const ratio = toMeanPercent(counted) / targetPercent;
  if (isWithinTolerance(ratio)) return hold(currentReplicas, utilizationPercent, 'WithinTolerance');
  const replicas = Math.ceil(ratio * counted.length);
  const reverses =
    (wantsUp && (ratio < 1 || replicas < currentReplicas)) ||
    (wantsDown && (ratio > 1 || replicas > currentReplicas));
  // The controller has this check only where it assumed something; without assumptions its count is taken as it is.
  if (reverses && counted.length > measured.length) {
    return hold(currentReplicas, utilizationPercent, 'DirectionReversed');
  }
  return { replicas, utilizationPercent, held: null };
}

function hold(
  replicas: number,
  utilizationPercent: number | null,
  held: NonNullable<Desired['held']>,
): Desired {
  return { replicas, utilizationPercent, held };
}

interface Sorted {
  /** Percent of the request. */
  readonly measured: readonly number[];
  readonly missing: readonly PodReading[];
  readonly notYetReady: readonly PodReading[];
}

function sortOut({ pods, nowSeconds, timeScale }: MetricInput): Sorted {
  const measured: number[] = [];
  const missing: PodReading[] = [];
  const notYetReady: PodReading[] = [];
  for (const pod of pods) {
    if (pod.usage === null) missing.push(pod);
    else if (isNotYetReady(pod, pod.usage.sinceSeconds, nowSeconds, timeScale)) notYetReady.push(pod);
    else measured.push(pod.usage.percent);
  }
  return { measured, missing, notYetReady };
}

/** A replica that was ready once and is not any more counts like a ready one: it is ill, not young. */
function isNotYetReady(
  pod: PodReading,
  measuredSinceSeconds: number,
  nowSeconds: number,
  timeScale: number,
): boolean {
  if (nowSeconds < pod.startedAtSeconds + cpuInitializationPeriodSeconds * timeScale) {
    return !pod.isReady || measuredSinceSeconds < pod.readinessChangedAtSeconds;
  }
  const delayEnd = pod.startedAtSeconds + initialReadinessDelaySeconds * timeScale;
  return !pod.isReady && pod.readinessChangedAtSeconds < delayEnd;
}

/** In whole percent, as the controller computes it with integers; a mean just below a whole number by rounding is that. */
function toMeanPercent(percents: readonly number[]): number {
  const sum = percents.reduce((total, percent) => total + percent, 0);
  return Math.floor(sum / percents.length + 1e-9);
}

function isWithinTolerance(ratio: number): boolean {
  return 1 - tolerance <= ratio && ratio <= 1 + tolerance;
}
