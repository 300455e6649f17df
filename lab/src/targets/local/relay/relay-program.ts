import type { Server } from 'node:net';
import type { RelayMessage, RelayReply } from './protocol.ts';

/** A relay that listens. */
export interface Relay<Order> {
  readonly port: number;
  /** Resolves with the answer, in effect for every byte that comes after it. */
  obey(order: Order): Promise<unknown>;
  /** Ends its connections too; for tests: the process of a relay just ends. */
  close(): Promise<void>;
}

/** The process's end of its IPC channel. */
export interface RelayChannel<SetUp, Order> {
  send(reply: RelayReply): void;
  listen(listener: (message: RelayMessage<SetUp, Order>) => void): void;
}

/** Connections that the kernel keeps until they are accepted; it takes at most net.core.somaxconn (listen(2)). */
const backlog = 4096;

/** What an entry does: opens the relay that the first message describes, then obeys one order after the other. */
export function serveRelay<SetUp, Order>(
  channel: RelayChannel<SetUp, Order>,
  open: (setUp: SetUp) => Promise<Relay<Order>>,
): void {
  let relay: Promise<Relay<Order>> = Promise.reject(new Error('no set-up has come yet'));
  relay.catch(() => undefined);
  let last: Promise<void> = Promise.resolve();

  async function setUp(message: SetUp): Promise<void> {
    relay = open(message);
    try {
      channel.send({ type: 'listening', port: (await relay).port });
    } catch (error) {
      channel.send({ type: 'failed', reason: toReason(error) });
    }
  }

  async function obey(id: number, order: Order): Promise<void> {
    try {
      channel.send({ type: 'done', id, value: await (await relay).obey(order) });
    } catch (error) {
      channel.send({ type: 'refused', id, reason: toReason(error) });
    }
  }

  channel.listen((message) => {
    last = last.then(() =>
      message.type === 'set-up' ? setUp(message.setUp) : obey(message.id, message.order),
    );
  });
}

/** Resolves with the port. */
export function listenOn(server: Server, port: number, host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function toReason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
