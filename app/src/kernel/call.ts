/**
 * What travels with a piece of work through the edges: on whose behalf it is done and how it can be ended.
 *
 * `signal` ends every wait of the work. While `request-deadline` is off it aborts only at a forced shutdown, never
 * because the client has left: plain handlers of every framework go on, and that is part of the failures shown here.
 */
export interface Call {
  /** The route pattern, for example `/api/cascade-failure`; the key of bulkheads and labels. */
  readonly route: string;
  readonly signal: AbortSignal;
  /** Present on the request edge: calls back when the client closed its connection before the answer; returns how to unsubscribe. */
  readonly onClientLeft?: (listener: () => void) => () => void;
}

export type Work<T> = (call: Call) => Promise<T>;

/** Runs `work` at once, later, several times or not at all; the basic verb of every layer. */
export type Execute = <T>(work: Work<T>, call: Call) => Promise<T>;
