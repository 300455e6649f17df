import { constants } from 'node:os';
import type { Incident, Probe, Supervision } from '../target.ts';
import type { LocalClock } from './clock.ts';
import { startProbes } from './probes.ts';
import type { ProbeRequest, Probes } from './probes.ts';
import { createRestartBackoff } from './restart-backoff.ts';

/** How a process ended; as Node gives it. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that listens. */
export interface RunningProcess {
  readonly pid: number;
  /** For probes, without a path. */
  readonly url: string;
  /** Never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** SIGTERM, after the grace SIGKILL; resolves when it has ended. Idempotent. */
  stop(): Promise<void>;
}

/** `started`: a process listens. `ended`: it does not run any more, asked or not; `unready` came before if it was ready. */
export type ReplicaChange = 'started' | 'ready' | 'unready' | 'ended';

export interface SupervisorOptions {
  /** Of the replica, for incidents. */
  readonly name: string;
  /**
   * Resolves when the process listens. A rejection is a crash; one with a property `exit: ProcessExit` says how the
   * process ended, any other counts as exit code 1. When the signal aborts it leaves nothing behind.
   */
  readonly start: (signal: AbortSignal) => Promise<RunningProcess>;
  readonly supervision: Supervision;
  readonly clock: LocalClock;
  readonly probe: ProbeRequest;
  /** Asked after each end, before the next start. */
  readonly wasOomKilled: () => boolean;
  readonly log?: (line: string) => void;
}

/** Keeps one replica running. It starts with its making. */
export interface Supervisor {
  readonly name: string;
  readonly ready: boolean;
  /** Null while no process listens. */
  readonly url: string | null;
  readonly pid: number | null;
  /** Starts after the first one, `kube_pod_container_status_restarts_total`. */
  readonly restarts: number;
  /** When the replica was made, `status.startTime` of a pod: restarts do not change it. */
  readonly startedMonotonicMs: number;
  /** Ends that nobody asked for and those that a probe asked for, in order. */
  readonly incidents: readonly Incident[];
  readonly lastTermination: Incident | null;
  /** Resolves when it is ready for the first time; rejects when its first start fails or it is stopped before. */
  readonly firstReady: Promise<void>;
  /** Listeners are called at once and must not throw. Gives back how to leave. */
  onChange(listener: (change: ReplicaChange) => void): () => void;
  /** Unready first, then the process is stopped; resolves when it has ended. Idempotent. */
  stop(): Promise<void>;
}

/** Ours: how soon a replica gets load is no claim of the lab. */
const defaultReadiness: Probe = {
  path: '/readyz',
  periodSeconds: 0.25,
  timeoutSeconds: 1,
  failureThreshold: 3,
  successThreshold: 1,
};

/**
 * A replica by the rules of the kubelet for one container with `restartPolicy: Always`. A failed first start rejects
 * `firstReady` and is tried again with back-off like any other, until `stop`.
 */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { name, clock, supervision, log = () => undefined } = options;
  const startedMonotonicMs = clock.monotonicMs();
  const end = new AbortController();
  const { signal } = end;
  const backoff = createRestartBackoff(supervision.timeScale);
  const listeners = new Set<(change: ReplicaChange) => void>();
  const incidents: Incident[] = [];
  const firstReady = createPromise();
  let current: RunningProcess | null = null;
  let probes: Probes | null = null;
  let isReady = false;
  let restarts = 0;

  const notify = (change: ReplicaChange): void => {
    for (const listener of listeners) listener(change);
  };
  const setReady = (value: boolean): void => {
    if (value === isReady) return;
    isReady = value;
    notify(value ? 'ready' : 'unready');
    if (value) firstReady.resolve();
  };

  /** One process from start to end. */
  async function runOnce(): Promise<Termination> {
    let running: RunningProcess;
    try {
      running = await options.start(signal);
    } catch (error) {
      firstReady.reject(error);
      if (!signal.aborted) log(`${name} did not start: ${toMessage(error)}`);
      return { exit: toExit(error), endedByProbe: false };
    }
    if (signal.aborted) {
      await running.stop();
      return { exit: await running.exited, endedByProbe: false };
    }
    let endedByProbe = false;
    current = running;
    notify('started');
    probes = startProbes({
      readiness: supervision.readiness ?? defaultReadiness,
      ...(supervision.liveness && { liveness: supervision.liveness }),
      ...(supervision.startup && { startup: supervision.startup }),
      url: running.url,
      clock,
      request: options.probe,
      onReadiness: setReady,
      onFailure: (kind) => {
        endedByProbe = true;
        log(`${name} failed its ${kind} probe and is stopped`);
        running.stop().catch((error: unknown) => log(`${name} could not be stopped: ${toMessage(error)}`));
      },
    });
    const exit = await running.exited;
    probes.stop();
    current = null;
    setReady(false);
    notify('ended');
    return { exit, endedByProbe };
  }

  async function live(): Promise<void> {
    for (;;) {
      const startMs = clock.monotonicMs();
      const termination = await runOnce();
      if (signal.aborted) return;
      const monotonicMs = clock.monotonicMs();
      const incident = { replica: name, ...judge(termination, options.wasOomKilled()), monotonicMs };
      incidents.push(incident);
      const delayMs = backoff.next(monotonicMs - startMs);
      log(`${name} ended (${incident.reason}, exit code ${incident.exitCode}); restart in ${delayMs} ms`);
      try {
        await clock.sleep(delayMs, signal);
      } catch {
        return;
      }
      restarts += 1;
    }
  }

  const living = live();
  let stopping: Promise<void> | undefined;
  async function stopNow(): Promise<void> {
    probes?.stop();
    setReady(false);
    end.abort();
    firstReady.reject(new Error(`${name} was stopped before it was ready`));
    await current?.stop();
    await living;
  }

  return {
    name,
    startedMonotonicMs,
    incidents,
    firstReady: firstReady.promise,
    get ready() {
      return isReady;
    },
    get url() {
      return current?.url ?? null;
    },
    get pid() {
      return current?.pid ?? null;
    },
    get restarts() {
      return restarts;
    },
    get lastTermination() {
      return incidents.at(-1) ?? null;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stop: () => (stopping ??= stopNow()),
  };
}

interface Termination {
  /** Null: unknown. */
  readonly exit: ProcessExit | null;
  readonly endedByProbe: boolean;
}

function judge(
  { exit, endedByProbe }: Termination,
  wasOomKilled: boolean,
): Pick<Incident, 'reason' | 'exitCode'> {
  const known = exit ?? { code: wasOomKilled ? null : 1, signal: wasOomKilled ? 'SIGKILL' : null };
  const exitCode = known.signal === null ? (known.code ?? 1) : 128 + constants.signals[known.signal];
  if (wasOomKilled && known.signal === 'SIGKILL') return { reason: 'OOMKilled', exitCode };
  return { reason: endedByProbe ? 'Liveness' : 'Error', exitCode };
}

function toExit(error: unknown): ProcessExit | null {
  if (typeof error !== 'object' || error === null || !('exit' in error)) return null;
  return error.exit as ProcessExit | null;
}

function toMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A promise to be settled from outside; nobody has to look at its rejection. */
function createPromise(): { promise: Promise<void>; resolve(): void; reject(reason: unknown): void } {
  let resolve = (): void => undefined;
  let reject = (_reason: unknown): void => undefined;
  const promise = new Promise<void>((onDone, onError) => {
    resolve = onDone;
    reject = onError;
  });
  promise.catch(() => undefined);
  return { promise, resolve: () => resolve(), reject: (reason) => reject(reason) };
}
