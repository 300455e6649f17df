import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import type { Fault } from '../../target.ts';
import { Bandwidth } from './bandwidth.ts';
import { openShape, resetSocket } from './lane.ts';
import type { LaneShape } from './lane.ts';
import type { FaultProxyOrder, FaultProxySetUp } from './protocol.ts';
import { listenOn } from './relay-program.ts';
import type { Relay } from './relay-program.ts';
import { relayConnection, relayedSocket } from './tcp-relay.ts';
import type { RelayedConnection } from './tcp-relay.ts';

interface Shapes {
  readonly toServer: LaneShape;
  readonly toClient: LaneShape;
}

/** A proxy in front of one upstream whose fault can be changed while connections are open. */
export async function openFaultProxy(setUp: FaultProxySetUp): Promise<Relay<FaultProxyOrder>> {
  const { port, upstream, address } = setUp;
  const connections = new Set<FaultyConnection>();
  const stats = { connections: 0, bytesFromServer: 0 };
  let fault: Fault | null = null;
  let shapes = toShapes(null);

  const server = createServer(relayedSocket, (client) => {
    stats.connections += 1;
    if (fault?.kind === 'reset') {
      resetSocket(client);
      return;
    }
    const connection: FaultyConnection = new FaultyConnection(client, upstream, {
      onCarried: (bytes) => (stats.bytesFromServer += bytes),
      onClosed: () => connections.delete(connection),
    });
    connections.add(connection);
    connection.setShapes(shapes);
  });
  const listeningPort = await listenOn(server, port, address);

  async function setFault(next: Fault | null): Promise<void> {
    fault = next;
    shapes = toShapes(next);
    if (next?.kind === 'refuse') return close();
    if (!server.listening) await listenOn(server, listeningPort, address);
    for (const connection of connections) {
      if (next?.kind === 'reset') connection.reset();
      else connection.setShapes(shapes);
    }
  }

  async function close(): Promise<void> {
    if (!server.listening) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const connection of connections) connection.close();
    await closed;
  }

  return {
    port: listeningPort,
    obey: async (order) => {
      if (order.kind === 'stats') return stats;
      await setFault(order.fault);
      return null;
    },
    close,
  };
}

interface ConnectionEvents {
  readonly onCarried: (bytes: number) => void;
  /** Both sides have ended. */
  readonly onClosed: () => void;
}

/** One client, and its connection to the upstream as soon as anything may be carried. */
class FaultyConnection {
  readonly #client: Socket;
  readonly #upstream: FaultProxySetUp['upstream'];
  readonly #events: ConnectionEvents;
  #relayed: RelayedConnection | null = null;

  constructor(client: Socket, upstream: FaultProxySetUp['upstream'], events: ConnectionEvents) {
    this.#client = client;
    this.#upstream = upstream;
    this.#events = events;
    client.on('error', () => undefined);
    client.on('close', () => this.#noteClose());
    client.pause();
  }

  setShapes(shapes: Shapes): void {
    if (this.#relayed !== null) {
      this.#relayed.toServer.setShape(shapes.toServer);
      this.#relayed.toClient.setShape(shapes.toClient);
    } else if (!shapes.toServer.isFrozen && !this.#client.destroyed) {
      this.#relayed = relayConnection(this.#client, this.#upstream, shapes, {
        onCarried: this.#events.onCarried,
        onSpent: () => this.#closeAfterLastByte(),
      });
      this.#relayed.upstream.on('close', () => this.#noteClose());
    }
  }

  reset(): void {
    resetSocket(this.#client);
    if (this.#relayed !== null) resetSocket(this.#relayed.upstream);
  }

  close(): void {
    this.#client.destroy();
    this.#relayed?.upstream.destroy();
  }

  /** A side that has gone while nothing is carried is still to be reported to the other. */
  #noteClose(): void {
    if (this.#client.closed && this.#relayed?.upstream.closed !== false) this.#events.onClosed();
  }

  #closeAfterLastByte(): void {
    this.#client.destroySoon();
    this.#relayed?.upstream.destroy();
  }
}

/** What a fault means for each direction; a fault that ends connections needs no shape. */
function toShapes(fault: Fault | null): Shapes {
  switch (fault?.kind) {
    case 'latency':
      return { toServer: openShape, toClient: { ...openShape, latencyMs: fault.latencyMs } };
    case 'bandwidth':
      // One for all connections: it is the link that is narrow.
      return {
        toServer: openShape,
        toClient: { ...openShape, bandwidth: new Bandwidth(fault.bytesPerSecond) },
      };
    case 'black-hole': {
      const frozen = { ...openShape, isFrozen: true };
      return { toServer: frozen, toClient: frozen };
    }
    case 'close-after':
      return { toServer: openShape, toClient: { ...openShape, remainingBytes: fault.bytes } };
    default:
      return { toServer: openShape, toClient: openShape };
  }
}
