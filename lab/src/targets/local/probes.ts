import type { Probe } from '../target.ts';
import type { LocalClock } from './clock.ts';

/**
 * One probe of a container: true for an answer below 400 in time. False, or a rejection, for anything else: another
 * status, no connection, no answer within `timeoutMs`.
 */
export type ProbeRequest = (url: string, timeoutMs: number, signal: AbortSignal) => Promise<boolean>;

/** Times are real seconds: whatever scales them has done so. */
export interface ProbesOptions {
  /** Of the container, without the path. */
  readonly url: string;
  readonly readiness: Probe;
  readonly liveness?: Probe;
  readonly startup?: Probe;
  readonly clock: LocalClock;
  readonly request: ProbeRequest;
  /** Called on changes only; a container begins unready. */
  onReadiness(isReady: boolean): void;
  /** The container has to be restarted. At most once; readiness goes on being probed. */
  onFailure(kind: 'liveness' | 'startup'): void;
}

export interface Probes {
  /** At once, whatever is under way; nothing is called afterwards. */
  stop(): void;
}

/**
 * Probes one container, from its start until it is stopped, by the rules of the kubelet (`pkg/kubelet/prober/worker.go`):
 * the first probe at once, then one per period from the start; a probe that lasts longer than its period is followed by
 * the next at once, never overtaken by it. Liveness and readiness wait until the startup probe has succeeded, which is
 * then over; readiness is probed right then, liveness at its next turn.
 */
export function startProbes(options: ProbesOptions): Probes {
  const end = new AbortController();
  const { signal } = end;
  const { readiness, liveness, startup } = options;
  const worker = createWorkers(options, signal);

  async function watchReadiness(): Promise<void> {
    let isReady = false;
    await worker(readiness, { isFirstAtOnce: true }, (succeeds) => {
      if (succeeds !== isReady) options.onReadiness((isReady = succeeds));
      return 'go-on';
    });
  }

  async function watchLiveness(): Promise<void> {
    if (liveness === undefined) return;
    await worker(liveness, { isFirstAtOnce: startup === undefined }, (succeeds) => {
      if (succeeds) return 'go-on';
      options.onFailure('liveness');
      return 'over';
    });
  }

  /** Whether the container has started. */
  async function watchStartup(): Promise<boolean> {
    let hasStarted = true;
    if (startup === undefined) return hasStarted;
    await worker(startup, { isFirstAtOnce: true }, (succeeds) => {
      hasStarted = succeeds;
      return 'over';
    });
    if (!hasStarted && !signal.aborted) options.onFailure('startup');
    return hasStarted;
  }

  async function run(): Promise<void> {
    if (await watchStartup()) await Promise.all([watchReadiness(), watchLiveness()]);
  }

  void run();
  return { stop: () => end.abort() };
}

/** Gets `succeeds` each time a threshold has been reached or is still exceeded. */
type OnVerdict = (succeeds: boolean) => 'go-on' | 'over';
type Worker = (
  probe: Probe,
  options: { readonly isFirstAtOnce: boolean },
  onVerdict: OnVerdict,
) => Promise<void>;

function createWorkers({ url, clock, request }: ProbesOptions, signal: AbortSignal): Worker {
  const startMs = clock.monotonicMs();

  const ask = async (probe: Probe): Promise<boolean> => {
    try {
      return await request(`${url}${probe.path}`, probe.timeoutSeconds * 1000, signal);
    } catch {
      return false;
    }
  };

  return async (probe, { isFirstAtOnce }, onVerdict) => {
    const judge = createJudge(probe);
    const nextTurn = createTurns(probe.periodSeconds * 1000, startMs, clock, signal);
    if (!isFirstAtOnce && !(await nextTurn())) return;
    while (!signal.aborted) {
      const succeeds = await ask(probe);
      if (signal.aborted) return;
      if (judge(succeeds) && onVerdict(succeeds) === 'over') return;
      if (!(await nextTurn())) return;
    }
  };
}

/** Whether so many equal answers in a row decide. */
function createJudge({ failureThreshold, successThreshold = 1 }: Probe): (succeeds: boolean) => boolean {
  let last: boolean | null = null;
  let run = 0;
  return (succeeds) => {
    run = succeeds === last ? run + 1 : 1;
    last = succeeds;
    return run >= (succeeds ? successThreshold : failureThreshold);
  };
}

/** A ticker that keeps at most one turn that nobody took, as Go's does. False when the signal ended the wait. */
function createTurns(
  periodMs: number,
  startMs: number,
  clock: LocalClock,
  signal: AbortSignal,
): () => Promise<boolean> {
  let taken = Math.floor((clock.monotonicMs() - startMs) / periodMs);
  return async () => {
    const passed = Math.floor((clock.monotonicMs() - startMs) / periodMs);
    if (passed > taken) {
      taken = passed;
      return true;
    }
    taken += 1;
    try {
      await clock.sleep(Math.max(0, startMs + taken * periodMs - clock.monotonicMs()), signal);
      return true;
    } catch {
      return false;
    }
  };
}
