import { lookup } from 'node:dns/promises';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface ReplicasOptions {
  /** A name that stands for all replicas, as that of a service in Compose's DNS. */
  readonly name: string;
  readonly port: number;
  readonly resolve?: (name: string) => Promise<readonly string[]>;
  readonly nowMs?: () => number;
}

/** As long as a replica that comes, goes or is restarted under another address may stay unnoticed. */
const freshMs = 1_000;

/** The replicas behind a name, which is looked up again at most once a second. */
export class Replicas {
  readonly #options: Required<ReplicasOptions>;
  #addresses: Promise<readonly Address[]> = Promise.resolve([]);
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #turn = 0;

  constructor(options: ReplicasOptions) {
    this.#options = { resolve: resolveAll, nowMs: () => performance.now(), ...options };
  }

  /** None while the name is unknown: no replica runs. */
  all(): Promise<readonly Address[]> {
    const { name, port, resolve, nowMs } = this.#options;
    if (nowMs() - this.#askedAtMs < freshMs) return this.#addresses;
    this.#askedAtMs = nowMs();
    this.#addresses = resolve(name).then(
      (hosts) => [...new Set(hosts)].sort().map((host) => ({ host, port })),
      () => [],
    );
    return this.#addresses;
  }

  /** All of them, beginning with another one at each call. */
  async inTurn(): Promise<readonly Address[]> {
    const addresses = await this.all();
    const first = this.#turn % Math.max(addresses.length, 1);
    this.#turn += 1;
    return [...addresses.slice(first), ...addresses.slice(0, first)];
  }
}

async function resolveAll(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true, family: 4 })).map(({ address }) => address);
}
