import type { Call, Execute, Work } from './kernel/call.ts';
import type { Held, Layer, Lease } from './protections/protection.ts';

/** An edge with the protections that are on now; a value that never changes, so work in flight ends as it began. */
export interface Edge {
  readonly execute: Execute;
  readonly acquire: (take: Work<Lease>, call: Call) => Promise<Lease>;
  readonly outside: <T>(work: () => Promise<T>, held: Held) => Promise<T>;
}

/** The edge without protections. Off means absent: `composeEdge([])` is this very object. */
export const BARE_EDGE: Edge = Object.freeze({
  execute: <T>(work: Work<T>, call: Call) => work(call),
  acquire: (take: Work<Lease>, call: Call) => take(call),
  outside: <T>(work: () => Promise<T>) => work(),
});

/** Puts layers around the bare edge, the first one outermost; an ability that no layer has stays the bare function. */
export function composeEdge(layers: readonly Layer[]): Edge {
  if (layers.length === 0) return BARE_EDGE;
  let { execute, acquire, outside } = BARE_EDGE;
  for (const layer of layers.toReversed()) {
    if (layer.execute !== undefined) execute = wrapExecute(layer.execute, execute);
    if (layer.acquire !== undefined) acquire = wrapAcquire(layer.acquire, acquire);
    if (layer.outside !== undefined) outside = wrapOutside(layer.outside, outside);
  }
  return Object.freeze({ execute, acquire, outside });
}

function wrapExecute(outer: Execute, inner: Execute): Execute {
  if (inner === BARE_EDGE.execute) return outer;
  return (work, call) => outer((passedOn) => inner(work, passedOn), call);
}

function wrapAcquire(outer: Edge['acquire'], inner: Edge['acquire']): Edge['acquire'] {
  if (inner === BARE_EDGE.acquire) return outer;
  return (take, call) => outer((passedOn) => inner(take, passedOn), call);
}

function wrapOutside(outer: Edge['outside'], inner: Edge['outside']): Edge['outside'] {
  if (inner === BARE_EDGE.outside) return outer;
  return (work, held) => outer(() => inner(work, held), held);
}
