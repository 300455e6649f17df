import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface StubRedis {
  readonly url: string;
  /** Takes requests and says nothing, as a stopped process does; what came meanwhile is not answered later. */
  isHanging: boolean;
  /** Refuses whoever says another password, or none. */
  password: string | undefined;
  /** Names of the commands that came, in capitals. */
  readonly commands: string[];
  /** Text by key, and when it expires. */
  readonly values: Map<string, { readonly text: string; readonly expiresAtMs: number }>;
  /** Closes all connections and the port. */
  stop(): Promise<void>;
  /** Comes back on the same port. */
  start(): Promise<void>;
}

/** A real TCP server that speaks as much RESP as the cache needs, in the place of Redis. */
export async function startStubRedis(): Promise<StubRedis> {
  const sockets = new Set<Socket>();
  let port = 0;
  let server: Server;
  const stub: StubRedis = {
    get url() {
      return `redis://127.0.0.1:${port}/0`;
    },
    isHanging: false,
    password: undefined,
    commands: [],
    values: new Map(),
    async start() {
      server = createServer((socket) => serve(socket, stub, sockets));
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      ({ port } = server.address() as AddressInfo);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  await stub.start();
  return stub;
}

function serve(socket: Socket, stub: StubRedis, sockets: Set<Socket>): void {
  let waiting = '';
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
  socket.on('error', () => {});
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    waiting += chunk;
    for (let command = take(waiting); command !== undefined; command = take(waiting)) {
      waiting = waiting.slice(command.length);
      const [name = '', ...parameters] = command.words;
      stub.commands.push(name.toUpperCase());
      if (!stub.isHanging) socket.write(answerTo(stub, name.toUpperCase(), parameters), 'latin1');
    }
  });
}

/** The first whole command: an array of bulk strings. Source: Redis documentation, "Redis serialization protocol". */
function take(text: string): { readonly words: readonly string[]; readonly length: number } | undefined {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (head === null) return undefined;
  const words: string[] = [];
  let length = head[0].length;
  for (let left = Number(head[1]); left > 0; left -= 1) {
    const bulk = /^\$(\d+)\r\n/.exec(text.slice(length));
    if (bulk === null) return undefined;
    const start = length + bulk[0].length;
    length = start + Number(bulk[1]) + 2;
    if (length > text.length) return undefined;
    words.push(text.slice(start, length - 2));
  }
  return { words, length };
}

function answerTo(stub: StubRedis, name: string, parameters: readonly string[]): string {
  const { values, password } = stub;
  const [key = '', ...rest] = parameters;
  const found = values.get(key);
  const leftMs = found === undefined ? -2 : Math.round(found.expiresAtMs - performance.now());
  if (name === 'HELLO' && password !== undefined && parameters.at(-1) !== password) {
    return '-WRONGPASS invalid username-password pair or user is disabled.\r\n';
  }
  if (name === 'HELLO') return '%2\r\n$6\r\nserver\r\n$5\r\nredis\r\n$5\r\nproto\r\n:3\r\n';
  if (name === 'PING') return '+PONG\r\n';
  if (name === 'PTTL') return `:${Math.max(-2, leftMs)}\r\n`;
  if (name === 'GET') {
    return found === undefined || leftMs <= 0 ? '_\r\n' : `$${found.text.length}\r\n${found.text}\r\n`;
  }
  if (name === 'SET' && rest[1] === 'PX') {
    values.set(key, { text: rest[0] ?? '', expiresAtMs: performance.now() + Number(rest[2]) });
    return '+OK\r\n';
  }
  return `-ERR unknown command '${name}'\r\n`;
}
