/** How long to wait before a container that has ended is started again. */
export interface RestartBackoff {
  /** In ms from the end; `ranForMs` is from the start that led to it. */
  next(ranForMs: number): number;
}

const initialMs = 10_000;
const maximumMs = 300_000;
/** "Once a container has executed for 10 minutes without any problems, the kubelet resets the restart backoff." */
const resetAfterMs = 600_000;

/**
 * CrashLoopBackOff: the first restart, and the first after ten good minutes, does not wait; then 10 s, 20 s, 40 s … 300 s
 * (kubernetes.io, "Pod Lifecycle", "How Pods handle problems with containers"; `doBackOff` in
 * `pkg/kubelet/kuberuntime/kuberuntime_manager.go`). All times are multiplied by `timeScale`: 0.1 turns 10 s into 1 s.
 */
export function createRestartBackoff(timeScale: number): RestartBackoff {
  let lastMs: number | null = null;
  return {
    next(ranForMs) {
      const isFirst = lastMs === null || ranForMs > resetAfterMs * timeScale;
      lastMs = isFirst ? 0 : Math.min(Math.max(initialMs, 2 * (lastMs ?? 0)), maximumMs);
      return lastMs * timeScale;
    },
  };
}
