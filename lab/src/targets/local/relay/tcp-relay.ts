import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { Lane, openShape, resetSocket } from './lane.ts';
import type { LaneEvents, LaneShape } from './lane.ts';
import type { BalancerOrder, BalancerSetUp } from './protocol.ts';
import { listenOn } from './relay-program.ts';
import type { Relay } from './relay-program.ts';
import { Rotation } from './rotation.ts';

/** What both sides of a relayed connection need: each end is passed on by itself, and small chunks at once. */
export const relayedSocket = { allowHalfOpen: true, noDelay: true } as const;

/** Both directions of a relayed connection. */
export interface RelayedConnection {
  readonly upstream: Socket;
  readonly toServer: Lane;
  readonly toClient: Lane;
}

/** Connects to the upstream and joins the client with it. A connect failure is a reset for the client. */
export function relayConnection(
  client: Socket,
  upstream: { readonly host: string; readonly port: number },
  shapes: { readonly toServer: LaneShape; readonly toClient: LaneShape } = openShapes,
  events: LaneEvents = {},
): RelayedConnection {
  const server = connect({ ...relayedSocket, host: upstream.host, port: upstream.port });
  return {
    upstream: server,
    toServer: new Lane(client, server, shapes.toServer),
    toClient: new Lane(server, client, shapes.toClient, events),
  };
}

const openShapes = { toServer: openShape, toClient: openShape };

/**
 * Level `connection`: what kube-proxy does, in user space. Every new connection goes to the next endpoint and stays
 * there, also when the endpoint leaves the list; no endpoint and a connect failure are a reset; nothing is tried again.
 * One thing differs: the client's connect succeeds before the relay knows whether the endpoint's does.
 */
export async function openTcpBalancer(setUp: BalancerSetUp): Promise<Relay<BalancerOrder>> {
  const rotation = new Rotation();
  const clients = new Set<Socket>();
  const server = createServer(relayedSocket, (client) => {
    const endpoint = rotation.next();
    if (endpoint === undefined) {
      resetSocket(client);
      return;
    }
    clients.add(client);
    client.once('close', () => clients.delete(client));
    rotation.countsOf(endpoint.name).connections += 1;
    relayConnection(client, endpoint);
  });
  const port = await listenOn(server, setUp.port);
  return {
    port,
    obey: (order) => {
      if (order.kind === 'endpoints') rotation.set(order.endpoints);
      return Promise.resolve(order.kind === 'stats' ? rotation.stats('connection') : null);
    },
    close: () => {
      for (const client of clients) resetSocket(client);
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
