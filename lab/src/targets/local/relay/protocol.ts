import type { Fault } from '../../target.ts';

/** Where a balancer may send a connection or a request. */
export interface Endpoint {
  /** Counted by it: a replica that comes back on another port keeps its name and its counts. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** So far; of every endpoint that was ever in the list, in order of its first appearance. */
export interface EndpointStats {
  readonly name: string;
  /** Level `connection`: client connections given to it, level `request`: connections that the balancer opened to it. */
  readonly connections: number;
  /** Requests given to it, each attempt; null for level `connection`. */
  readonly requests: number | null;
}

export interface FaultProxyStats {
  /** Accepted so far. */
  readonly connections: number;
  /** Handed on to clients so far. */
  readonly bytesFromServer: number;
}

export interface BalancerSetUp {
  readonly level: 'connection' | 'request';
  /** 0: a free one. */
  readonly port: number;
  /** Level `request`: how often a request that failed is sent once more, to the next endpoint. */
  readonly retries: number;
  /** Level `request`: from sending an attempt until the head of its answer; null: for ever. */
  readonly timeoutMs: number | null;
}

export type BalancerOrder =
  { readonly kind: 'endpoints'; readonly endpoints: readonly Endpoint[] } | { readonly kind: 'stats' };

export interface FaultProxySetUp {
  readonly port: number;
  /** Where it listens; absent: 127.0.0.1. */
  readonly address?: string;
  readonly upstream: { readonly host: string; readonly port: number };
}

export type FaultProxyOrder =
  { readonly kind: 'fault'; readonly fault: Fault | null } | { readonly kind: 'stats' };

/** From the lab to a relay's process: one `set-up`, then orders. When the channel closes, the process ends at once. */
export type RelayMessage<SetUp, Order> =
  | { readonly type: 'set-up'; readonly setUp: SetUp }
  | { readonly type: 'order'; readonly id: number; readonly order: Order };

/** From the process: `listening` or `failed` after the set-up, `done` or `refused` after each order. */
export type RelayReply =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'done'; readonly id: number; readonly value: unknown }
  | { readonly type: 'refused'; readonly id: number; readonly reason: string };
