import type { Job } from './computations/computation.ts';
import type { Call, Execute, Work } from './kernel/call.ts';
import type { CacheEntry, Freshness, KeptValues } from './kernel/caching.ts';
import type { Held, Layer, Lease } from './protections/protection.ts';

/** An edge with the protections that are on now; a value that never changes, so work in flight ends as it began. */
export interface Edge {
  readonly execute: Execute;
  readonly acquire: (take: Work<Lease>, call: Call) => Promise<Lease>;
  readonly outside: <T>(work: () => Promise<T>, held: Held) => Promise<T>;
  readonly compute: <T>(job: Job, here: Work<T>, call: Call) => Promise<T>;
  readonly judge: (freshness: Freshness, entry: CacheEntry) => Freshness;
  readonly load: <T>(key: string, load: Work<T>, call: Call) => Promise<T>;
  readonly toTtlMs: (ttlMs: number) => number;
  readonly bound: (kept: KeptValues) => void;
}

/** The edge without protections. Off means absent: `composeEdge([])` is this very object. */
export const BARE_EDGE: Edge = Object.freeze({
  execute: <T>(work: Work<T>, call: Call) => work(call),
  acquire: (take: Work<Lease>, call: Call) => take(call),
  outside: <T>(work: () => Promise<T>) => work(),
  compute: <T>(_job: Job, here: Work<T>, call: Call) => here(call),
  judge: (freshness: Freshness) => freshness,
  load: <T>(_key: string, load: Work<T>, call: Call) => load(call),
  toTtlMs: (ttlMs: number) => ttlMs,
  bound: () => {},
});

/** Puts layers around the bare edge, the first one outermost; an ability that no layer has stays the bare function. */
export function composeEdge(layers: readonly Layer[]): Edge {
  if (layers.length === 0) return BARE_EDGE;
  const edge: { -readonly [Ability in keyof Edge]: Edge[Ability] } = { ...BARE_EDGE };
  for (const layer of layers.toReversed()) {
    const { execute, acquire, outside, compute, judge, load, toTtlMs, bound } = layer;
    const inner = { ...edge };
    if (execute) edge.execute = (work, call) => execute((passedOn) => inner.execute(work, passedOn), call);
    if (acquire) edge.acquire = (take, call) => acquire((passedOn) => inner.acquire(take, passedOn), call);
    if (outside) edge.outside = (work, held) => outside(() => inner.outside(work, held), held);
    if (compute) {
      edge.compute = (job, here, call) =>
        compute(job, (passedOn) => inner.compute(job, here, passedOn), call);
    }
    if (judge) edge.judge = (freshness, entry) => judge(inner.judge(freshness, entry), entry);
    if (load) edge.load = (key, work, call) => load(key, (passedOn) => inner.load(key, work, passedOn), call);
    if (toTtlMs) edge.toTtlMs = (ttlMs) => toTtlMs(inner.toTtlMs(ttlMs));
    if (bound) {
      edge.bound = (kept) => {
        inner.bound(kept);
        bound(kept);
      };
    }
  }
  return Object.freeze(edge);
}
