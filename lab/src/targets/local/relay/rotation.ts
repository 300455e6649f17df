import type { Endpoint, EndpointStats } from './protocol.ts';

interface Counts {
  connections: number;
  requests: number;
}

/** Whose turn it is, and how often each endpoint had its turn. */
export class Rotation {
  #endpoints: readonly Endpoint[] = [];
  #turn = 0;
  readonly #counts = new Map<string, Counts>();

  set(endpoints: readonly Endpoint[]): void {
    this.#endpoints = endpoints;
    for (const { name } of endpoints) this.countsOf(name);
  }

  /** One after the other; undefined when there is none. */
  next(): Endpoint | undefined {
    const endpoint = this.#endpoints[this.#turn % this.#endpoints.length];
    this.#turn += 1;
    return endpoint;
  }

  /** To be counted up. */
  countsOf(name: string): Counts {
    const counts = this.#counts.get(name) ?? { connections: 0, requests: 0 };
    this.#counts.set(name, counts);
    return counts;
  }

  stats(level: 'connection' | 'request'): readonly EndpointStats[] {
    return [...this.#counts].map(([name, { connections, requests }]) => ({
      name,
      connections,
      requests: level === 'request' ? requests : null,
    }));
  }
}
