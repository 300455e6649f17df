import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { Address } from './replicas.mts';

/** A replica that has gone may leave a connection attempt without any answer. */
const connectTimeoutMs = 1_000;

/**
 * Gives each new connection to the next replica, as kube-proxy does, and to the one after it when that one refuses;
 * resets it when all do. A kept connection stays where it is.
 */
export function createBalancer(replicasInTurn: () => Promise<readonly Address[]>): Server {
  return createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    client.on('error', () => undefined);
    void relay(client, replicasInTurn);
  });
}

async function relay(client: Socket, replicasInTurn: () => Promise<readonly Address[]>): Promise<void> {
  for (const address of await replicasInTurn()) {
    const upstream = await open(address);
    if (upstream !== null) {
      join(client, upstream);
      return;
    }
  }
  client.resetAndDestroy();
}

/** Null when the replica cannot be reached. */
function open({ host, port }: Address): Promise<Socket | null> {
  return new Promise((resolve) => {
    const upstream = connect({ host, port, allowHalfOpen: true, noDelay: true, timeout: connectTimeoutMs });
    upstream.once('connect', () => {
      upstream.setTimeout(0);
      resolve(upstream);
    });
    upstream.once('timeout', () => upstream.destroy());
    upstream.once('close', () => resolve(null));
    upstream.on('error', () => undefined);
  });
}

function join(client: Socket, upstream: Socket): void {
  for (const [from, to] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    // The client may have left while its connection to the replica was opened.
    if (from.destroyed) to.destroy();
    from.on('close', (isBroken) => (isBroken ? to.resetAndDestroy() : to.destroySoon()));
    from.pipe(to);
  }
}
