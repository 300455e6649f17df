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
  /** Which attempt of one logical call this is, from 1; whoever tries again says so. */
  readonly attempt?: number;
  /** Present behind the request edge. */
  readonly request?: RequestView;
  /** Present on the request edge: calls back when the client closed its connection before the answer; returns how to unsubscribe. */
  readonly onClientLeft?: (listener: () => void) => () => void;
}

/** The request on whose behalf work is done, as far as protections may see and change it. */
export interface RequestView {
  /** Length in characters of the longest text among the query's values. */
  readonly longestTextLength: number;
  /** Since the client opened the connection that this request came on. */
  readonly connectionAgeMs: number;
  /** Requests on that connection so far, with this one. */
  readonly connectionRequests: number;
  /** The answer will carry `Connection: close`, and the connection ends with it. */
  closeConnection(): void;
  /** The answer will carry `Lab-Degraded: <protection>`: it is not what was asked for, and says so. */
  markDegraded(protection: string): void;
}

export type Work<T> = (call: Call) => Promise<T>;

/** Runs `work` at once, later, several times or not at all; the basic verb of every layer. */
export type Execute = <T>(work: Work<T>, call: Call) => Promise<T>;
