import { createAutoscalerState, defaultScalingBehavior, recommend } from '../../core/autoscaler.ts';
import type { ScalingBehavior, ScalingReason, ScalingRules } from '../../core/autoscaler.ts';
import type { PodReading } from '../../core/autoscaler-metric.ts';
import type { AutoscalerPolicy } from '../target.ts';
import type { LocalClock } from './clock.ts';

/** What the autoscaler reads of one replica. Those that are being stopped are left out. */
export interface ReplicaReading {
  readonly name: string;
  readonly ready: boolean;
  /** When the replica was made, not its present process. */
  readonly startedMonotonicMs: number;
  /** Of its present process; null where there is none or the platform cannot say. */
  readonly cpuSeconds: number | null;
}

/** A change, in the order in which they were made. */
export interface ScalingDecision {
  readonly atMonotonicMs: number;
  readonly from: number;
  readonly to: number;
  readonly reason: ScalingReason;
  /** Mean over the replicas that counted, in percent of the request; null where a bound alone decided. */
  readonly utilizationPercent: number | null;
}

export interface AutoscalingOptions {
  readonly policy: AutoscalerPolicy;
  /** How many are wanted at the start. */
  readonly replicas: number;
  readonly clock: LocalClock;
  readonly read: () => readonly ReplicaReading[];
  /** Not waited for, as a Deployment is not; a rejection fails the loop. Only ever called when the number changes. */
  readonly scaleTo: (replicas: number) => Promise<void> | void;
}

export interface Autoscaling {
  /** How many are wanted now. */
  readonly replicas: number;
  readonly decisions: readonly ScalingDecision[];
  /** Of the last look, in percent of the request; null before the first and where nothing was measured. */
  readonly utilizationPercent: number | null;
  readonly failed: Promise<never>;
  /** Nothing is scaled any more when it has resolved. Idempotent. */
  stop(): Promise<void>;
}

/** `--horizontal-pod-autoscaler-sync-period`; what the policy does not name is scaled by its period over this one. */
const kubernetesSyncPeriodSeconds = 15;

/**
 * The control loop of a HorizontalPodAutoscaler: one look per period, the first one a period after the start, since CPU
 * usage needs two readings. A policy with a shorter period than Kubernetes' 15 s has a shorter readiness delay (30 s),
 * CPU initialisation period (300 s) and period of the default scaling policies (15 s) as well, in the same proportion;
 * the stabilisation windows are its own.
 */
export function startAutoscaling(options: AutoscalingOptions): Autoscaling {
  const { policy, clock, read } = options;
  const end = new AbortController();
  const { signal } = end;
  const timeScale = policy.syncPeriodSeconds / kubernetesSyncPeriodSeconds;
  const behavior = toBehavior(policy, timeScale);
  const decisions: ScalingDecision[] = [];
  const startMs = clock.monotonicMs();
  const toUsage = createUsageMeter(policy.requestCores);
  let state = createAutoscalerState(options.replicas, startMs / 1000);
  let replicas = options.replicas;
  let utilizationPercent: number | null = null;
  let fail = (_error: unknown): void => undefined;
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  failed.catch(() => undefined);

  /** The due time, not the present one, so that a tick that comes late does not move what a policy or window sees. */
  function look(dueMs: number): void {
    const step = recommend(state, {
      nowSeconds: dueMs / 1000,
      currentReplicas: replicas,
      minReplicas: policy.minReplicas,
      maxReplicas: policy.maxReplicas,
      targetPercent: policy.averageUtilization,
      pods: toUsage(read(), dueMs, clock.monotonicMs()),
      behavior,
      timeScale,
    });
    ({ state, utilizationPercent } = step);
    if (step.replicas === replicas) return;
    const atMonotonicMs = clock.monotonicMs();
    decisions.push({
      atMonotonicMs,
      from: replicas,
      to: step.replicas,
      reason: step.reason,
      utilizationPercent,
    });
    replicas = step.replicas;
    Promise.resolve(options.scaleTo(replicas)).catch((error: unknown) => {
      if (!signal.aborted) fail(error);
    });
  }

  async function run(): Promise<void> {
    toUsage(read(), startMs, startMs);
    const periodMs = policy.syncPeriodSeconds * 1000;
    for (let tick = 1; !signal.aborted;) {
      const dueMs = startMs + tick * periodMs;
      await clock.sleep(Math.max(0, dueMs - clock.monotonicMs()), signal);
      if (signal.aborted) return;
      look(dueMs);
      tick = Math.max(tick + 1, Math.ceil((clock.monotonicMs() - startMs) / periodMs));
    }
  }

  const running = run().catch((error: unknown) => {
    if (!signal.aborted) fail(error);
  });
  return {
    decisions,
    failed,
    get replicas() {
      return replicas;
    },
    get utilizationPercent() {
      return utilizationPercent;
    },
    stop: () => {
      end.abort();
      return running;
    },
  };
}

function toBehavior(policy: AutoscalerPolicy, timeScale: number): ScalingBehavior {
  const toRules = (rules: ScalingRules, stabilizationWindowSeconds: number): ScalingRules => ({
    ...rules,
    stabilizationWindowSeconds,
    policies: rules.policies.map((one) => ({ ...one, periodSeconds: one.periodSeconds * timeScale })),
  });
  const { scaleUp, scaleDown } = policy.stabilizationWindowSeconds;
  return {
    scaleUp: toRules(defaultScalingBehavior.scaleUp, scaleUp),
    scaleDown: toRules(defaultScalingBehavior.scaleDown, scaleDown),
  };
}

interface Seen {
  readonly startedMonotonicMs: number;
  readonly isReady: boolean;
  /** The look at which it was seen changed; the start for a replica whose readiness never changed. */
  readonly readinessChangedAtSeconds: number;
  readonly cpuSeconds: number | null;
}

/**
 * Turns CPU time into usage since the last look. No usage at the first look at a replica, and none when its CPU time
 * has gone down: another process runs now.
 */
function createUsageMeter(
  requestCores: number,
): (readings: readonly ReplicaReading[], dueMs: number, nowMs: number) => readonly PodReading[] {
  let seen = new Map<string, Seen>();
  let seenDueMs = 0;
  let seenMs = 0;

  return (readings, dueMs, nowMs) => {
    const next = new Map<string, Seen>();
    const pods = readings.map(({ name, ready, startedMonotonicMs, cpuSeconds }): PodReading => {
      const last = seen.get(name);
      const before = last?.startedMonotonicMs === startedMonotonicMs ? last : undefined;
      // A young replica that is ready at its first look has changed since its start.
      const wasReady = before?.isReady ?? false;
      const startedAtSeconds = startedMonotonicMs / 1000;
      const readinessChangedAtSeconds =
        wasReady === ready ? (before?.readinessChangedAtSeconds ?? startedAtSeconds) : dueMs / 1000;
      next.set(name, { startedMonotonicMs, isReady: ready, readinessChangedAtSeconds, cpuSeconds });
      const usedSeconds = toDifference(cpuSeconds, before?.cpuSeconds ?? null);
      const percent = usedSeconds === null ? null : toPercent(usedSeconds, nowMs - seenMs, requestCores);
      return {
        isReady: ready,
        startedAtSeconds,
        readinessChangedAtSeconds,
        usage: percent === null ? null : { percent, sinceSeconds: seenDueMs / 1000 },
      };
    });
    [seen, seenDueMs, seenMs] = [next, dueMs, nowMs];
    return pods;
  };
}

function toDifference(now: number | null, before: number | null): number | null {
  return now === null || before === null || now < before ? null : now - before;
}

function toPercent(cpuSeconds: number, elapsedMs: number, requestCores: number): number | null {
  return elapsedMs <= 0 ? null : (cpuSeconds / (elapsedMs / 1000) / requestCores) * 100;
}
