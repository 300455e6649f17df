import type { Incident } from '../target.ts';
import type { LocalClock } from './clock.ts';
import type { ManagedReplica } from './replica.ts';

/** The replicas of the backend, as a ReplicaSet keeps them. */
export interface ReplicaSet {
  /** Those that have been ready once and were not removed; their processes may be down right now. */
  readonly replicas: readonly ManagedReplica[];
  /** Those that are being started and were never ready: when each start began, by name. */
  readonly pending: ReadonlyMap<string, number>;
  /** Ends of processes so far, of removed replicas too, in order. */
  readonly incidents: readonly Incident[];
  /** Rejects when a replica ends that nobody starts again, or cannot be started. */
  readonly failed: Promise<never>;
  /** Resolves when there are so many, all of them ready once. Calls are served one after the other. */
  scale(count: number): Promise<void>;
  onChange(listener: () => void): void;
  /** Ends all of them. Idempotent; nothing is started afterwards. */
  stop(): Promise<void>;
}

/** `start` resolves when the replica of that name is ready, and gives up with the signal. */
export function createReplicaSet(
  clock: Pick<LocalClock, 'monotonicMs'>,
  start: (name: string, ending: AbortSignal) => Promise<ManagedReplica>,
): ReplicaSet {
  const end = new AbortController();
  const replicas: ManagedReplica[] = [];
  const removed: ManagedReplica[] = [];
  const listeners: (() => void)[] = [];
  let started = 0;
  const pending = new Map<string, number>();
  let isOver = false;
  let turn: Promise<void> = Promise.resolve();
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  failed.catch(() => undefined);
  const notify = (): void => listeners.forEach((listener) => listener());

  async function add(): Promise<void> {
    started += 1;
    const name = `backend-${started}`;
    pending.set(name, clock.monotonicMs());
    try {
      const replica = await start(name, end.signal);
      replica.failed.catch(fail);
      replica.onChange(notify);
      replicas.push(replica);
      if (isOver) await replica.stop();
    } finally {
      pending.delete(name);
      notify();
    }
  }

  async function remove(): Promise<void> {
    const replica = replicas.pop();
    if (replica === undefined) return;
    removed.push(replica);
    notify();
    await replica.stop();
  }

  async function bringTo(count: number): Promise<void> {
    if (isOver) return;
    const missing = count - replicas.length;
    const steps = Array.from({ length: Math.abs(missing) }, () => (missing > 0 ? add() : remove()));
    const failures = (await Promise.allSettled(steps)).filter((step) => step.status === 'rejected');
    if (failures[0] === undefined) return;
    if (!isOver) fail(failures[0].reason);
    throw failures[0].reason as Error;
  }

  return {
    replicas,
    pending,
    get incidents() {
      return [...removed, ...replicas]
        .flatMap(({ incidents }) => incidents)
        .toSorted((left, right) => left.monotonicMs - right.monotonicMs);
    },
    failed,
    scale: (count) => {
      const step = turn.then(() => bringTo(count));
      turn = step.catch(() => undefined);
      return step;
    },
    onChange: (listener) => void listeners.push(listener),
    async stop() {
      isOver = true;
      end.abort(new Error('the replicas are being stopped'));
      await turn;
      await Promise.all(replicas.map((replica) => replica.stop()));
    },
  };
}
