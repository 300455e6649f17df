import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createBareServer, type AddressInfo, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

export interface Loopback {
  readonly url: string;
  /** When each request arrived, on the clock of `performance.now()`. */
  readonly arrivalsMs: readonly number[];
  /** Connections that were ever opened, the most at once, and those that the client closed before it had an answer. */
  readonly connections: { opened: number; most: number; left: number };
  /** Ends the server and every connection at once. */
  close(): Promise<void>;
}

type Handler = (request: IncomingMessage, response: ServerResponse, server: Loopback) => void;

/** A real HTTP server, for the time of one test: on a free port, or on the one that another has left. */
export async function startLoopback(handler: Handler, onPort = 0): Promise<Loopback> {
  const arrivalsMs: number[] = [];
  const connections = { opened: 0, most: 0, left: 0 };
  const sockets = new Set<Socket>();
  const server: Server = createServer((request, response) => {
    arrivalsMs.push(performance.now());
    response.on('close', () => {
      if (!response.writableFinished) connections.left += 1;
    });
    handler(request, response, loopback);
  });
  server.on('connection', (socket) => {
    connections.opened += 1;
    sockets.add(socket);
    connections.most = Math.max(connections.most, sockets.size);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(onPort, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const loopback: Loopback = {
    url: `http://127.0.0.1:${port}`,
    arrivalsMs,
    connections,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.resetAndDestroy();
      await closed;
    },
  };
  return loopback;
}

export interface BareServer {
  readonly url: string;
  close(): Promise<void>;
}

/** A server that knows no HTTP: it does to each connection what the test says. */
export async function startBare(onConnection: (socket: Socket) => void): Promise<BareServer> {
  const sockets = new Set<Socket>();
  const server = createBareServer({ pauseOnConnect: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** One path for each way in which a request can end. */
export const answerByPath: Handler = (request, response) => {
  const path = request.url?.slice(1) ?? '';
  if (/^\d{3}$/.test(path)) response.writeHead(Number(path)).end('x');
  else if (path === 'degraded') response.writeHead(200, { 'Lab-Degraded': 'cache' }).end('x');
  else if (path === 'never') return;
  else if (path === 'cut')
    response.writeHead(200, { 'Content-Length': 100 }).write('x', () => request.socket.destroy());
  else if (path === 'reset') request.socket.resetAndDestroy();
  else if (path === 'slow-body') {
    response.writeHead(200, { 'Content-Length': 2 }).write('x');
    setTimeout(() => response.end('y'), 1000);
  } else if (path === 'echo')
    request.pipe(response.writeHead(request.headers['content-length'] === '14' ? 200 : 400));
  else response.end('ok');
};
