import type { LocalHost } from '../local-host.ts';
import type { BalancerOrder, BalancerSetUp, Endpoint, EndpointStats } from './protocol.ts';
import { startRelayProcess } from './relay-process.ts';
import type { RelayOptions } from './relay-process.ts';

export interface BalancerOptions extends RelayOptions {
  /** `connection`: each new connection goes to the next endpoint, as with kube-proxy; `request`: each request does. */
  readonly level: BalancerSetUp['level'];
  /** 0: a free one. */
  readonly port: number;
  /** Level `request`; 0 by default: a failed request is not sent again. */
  readonly retries?: number;
  /** Level `request`: how long each attempt waits for its answer; absent: for ever. */
  readonly timeoutMs?: number;
}

/** A balancer that listens on 127.0.0.1; without endpoints at first. */
export interface Balancer {
  readonly pid: number;
  readonly port: number;
  /** Resolves when every later connection or request is given to these. */
  setEndpoints(endpoints: readonly Endpoint[]): Promise<void>;
  stats(): Promise<readonly EndpointStats[]>;
  /** Rejects when the process ends unasked. */
  readonly failed: Promise<never>;
  /** Idempotent. */
  stop(): Promise<void>;
}

/** Starts a balancer in a process of its own. Throws as `startRelayProcess`. */
export async function startBalancer(host: LocalHost, options: BalancerOptions): Promise<Balancer> {
  const { level, port, retries = 0, timeoutMs = null } = options;
  const setUp = { level, port, retries, timeoutMs };
  const { ask, ...relay } = await startRelayProcess<BalancerSetUp, BalancerOrder>(
    host,
    { entry: 'balancer', name: 'balancer', setUp },
    options,
  );
  return {
    ...relay,
    setEndpoints: async (endpoints) => {
      await ask({ kind: 'endpoints', endpoints });
    },
    stats: () => ask<readonly EndpointStats[]>({ kind: 'stats' }),
  };
}
