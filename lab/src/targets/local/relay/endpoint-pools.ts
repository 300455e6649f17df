import { Pool } from 'undici';
import type { Endpoint } from './protocol.ts';

/** As Envoy's `connect_timeout`. */
const connectTimeoutMs = 5_000;

/** Kept connections to each endpoint. */
export interface EndpointPools {
  of(endpoint: Endpoint): Pool;
  /** The others finish what they have begun. */
  keepOnly(endpoints: readonly Endpoint[]): void;
}

/**
 * Pools without a limit: a request takes a free connection or opens one, it never waits for one. Idle connections are
 * closed before the endpoint's announced `Keep-Alive: timeout` (undici), so no request runs into the closing.
 */
export function createEndpointPools(onConnect: (name: string) => void): EndpointPools {
  const pools = new Map<string, Pool>();

  function open(endpoint: Endpoint): Pool {
    const pool = new Pool(`http://${endpoint.host}:${endpoint.port}`, {
      connections: null,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: connectTimeoutMs },
    });
    pool.on('connect', () => onConnect(endpoint.name));
    return pool;
  }

  return {
    of: (endpoint) => {
      const key = toKey(endpoint);
      const pool = pools.get(key) ?? open(endpoint);
      pools.set(key, pool);
      return pool;
    },
    keepOnly: (endpoints) => {
      const kept = new Set(endpoints.map(toKey));
      for (const [key, pool] of [...pools].filter(([key]) => !kept.has(key))) {
        pools.delete(key);
        pool.close().catch(() => undefined);
      }
    },
  };
}

function toKey({ name, host, port }: Endpoint): string {
  return `${name} ${host}:${port}`;
}
