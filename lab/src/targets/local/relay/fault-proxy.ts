import type { Fault } from '../../target.ts';
import type { LocalHost } from '../local-host.ts';
import type { FaultProxyOrder, FaultProxySetUp, FaultProxyStats } from './protocol.ts';
import { startRelayProcess } from './relay-process.ts';
import type { RelayOptions } from './relay-process.ts';

export interface FaultProxyOptions extends RelayOptions, FaultProxySetUp {
  /** Of the edge, for example `database`. */
  readonly name: string;
}

/** A TCP proxy that listens on 127.0.0.1 and can disturb what it carries. */
export interface FaultProxy {
  readonly pid: number;
  readonly port: number;
  /** Resolves when it is in effect; null: healthy again. Rejects when the port was taken by someone after `refuse`. */
  set(fault: Fault | null): Promise<void>;
  stats(): Promise<FaultProxyStats>;
  /** Rejects when the process ends unasked. */
  readonly failed: Promise<never>;
  /** Idempotent. */
  stop(): Promise<void>;
}

/** Starts a healthy fault proxy in a process of its own. Throws as `startRelayProcess`. */
export async function startFaultProxy(host: LocalHost, options: FaultProxyOptions): Promise<FaultProxy> {
  const { name, port, upstream } = options;
  const { ask, ...relay } = await startRelayProcess<FaultProxySetUp, FaultProxyOrder>(
    host,
    { entry: 'fault-proxy', name: `fault-proxy-${name}`, setUp: { port, upstream } },
    options,
  );
  return {
    ...relay,
    set: async (fault) => {
      await ask({ kind: 'fault', fault });
    },
    stats: () => ask<FaultProxyStats>({ kind: 'stats' }),
  };
}
