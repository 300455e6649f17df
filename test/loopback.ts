import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** A TCP server on a free port of 127.0.0.1 with the connections that it has accepted; ended with the test. */
export interface LoopbackServer {
  readonly host: string;
  readonly port: number;
  readonly sockets: readonly Socket[];
  /** Resolves with the n-th connection, from 0. */
  accepted(index: number): Promise<Socket>;
}

export async function startTcpServer(
  onConnection: (socket: Socket) => void = () => undefined,
): Promise<LoopbackServer> {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    socket.on('error', () => undefined);
    sockets.push(socket);
    onConnection(socket);
    server.emit('accepted');
  });
  const accepted = async (index: number): Promise<Socket> => {
    while (sockets.length <= index) await new Promise((resolve) => server.once('accepted', resolve));
    return sockets[index] as Socket;
  };
  return { host: '127.0.0.1', port: await listen(server), sockets, accepted };
}

/** Listens on a free port; the server and its connections end with the test. */
export async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

/** A client of 127.0.0.1 that keeps all that it receives, and how its connection ended. */
export interface LoopbackClient {
  readonly socket: Socket;
  text(): string;
  /** Resolves when so many bytes have come. */
  received(bytes: number): Promise<string>;
  /** Resolves with `end` for an orderly end, else with the error's code. */
  readonly ended: Promise<string>;
}

export function openClient(port: number): LoopbackClient {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
  onTestFinished(() => void socket.destroy());
  const chunks: Buffer[] = [];
  let length = 0;
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    socket.emit('grown');
  });
  const text = (): string => Buffer.concat(chunks).toString('latin1');
  const ended = new Promise<string>((resolve) => {
    socket.once('end', () => resolve('end'));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
  const received = async (bytes: number): Promise<string> => {
    for (;;) {
      if (length >= bytes) return text();
      await new Promise((resolve) => socket.once('grown', resolve));
    }
  };
  return { socket, text, received, ended };
}

/** Resolves with the socket's end: `end`, or the code of its error. */
export function endOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('end', () => resolve('end'));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.resume();
  });
}

/** The reading once it has not changed for 60 ms. */
export async function settled(read: () => number): Promise<number> {
  let last = read();
  for (let steady = 0; steady < 3; steady += 1) {
    await delay(20);
    const now = read();
    if (now !== last) steady = -1;
    last = now;
  }
  return last;
}
