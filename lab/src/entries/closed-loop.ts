import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

/** Sent by the bench: where to, with how many connections, for how long. */
interface Order {
  readonly port: number;
  readonly path: string;
  readonly connections: number;
  readonly durationMs: number;
}

// As many requests as a server can answer: each connection sends the next when its answer is complete. Every answer to
// one order has the same length, so that complete means: so many bytes have come. One order at a time, all by one process,
// so that all servers meet the same client.
process.on('message', (order: Order) => {
  const request = Buffer.from(`GET ${order.path} HTTP/1.1\r\nHost: 127.0.0.1:${order.port}\r\n\r\n`);
  let answers = 0;
  let running = true;
  let connected = 0;
  const onConnect = () => {
    connected += 1;
    if (connected < order.connections) return;
    const startedMs = performance.now();
    for (const socket of sockets) socket.write(request);
    setTimeout(() => {
      running = false;
      const seconds = (performance.now() - startedMs) / 1000;
      for (const socket of sockets) socket.destroy();
      process.send?.({ answersPerSecond: answers / seconds });
    }, order.durationMs);
  };
  const sockets = Array.from({ length: order.connections }, () =>
    open(order, request, onConnect, () => running && ++answers > 0),
  );
});
process.on('disconnect', () => process.exit(0));

function open(order: Order, request: Buffer, onConnect: () => void, onAnswer: () => boolean): Socket {
  const socket = connect(order.port, '127.0.0.1', onConnect);
  let answerBytes = 0;
  let received = 0;
  socket.on('data', (chunk) => {
    answerBytes = answerBytes === 0 ? toAnswerBytes(chunk) : answerBytes;
    received += chunk.length;
    if (received < answerBytes) return;
    received = 0;
    if (onAnswer()) socket.write(request);
  });
  socket.on('error', (error) => process.send?.({ error: error.message }));
  return socket;
}

/** Length of head and body, from the first answer; fails on anything but 200 with a content-length. */
function toAnswerBytes(chunk: Buffer): number {
  const text = chunk.toString('latin1');
  const head = text.indexOf('\r\n\r\n');
  const length = /content-length: (\d+)/i.exec(text)?.[1];
  if (!text.startsWith('HTTP/1.1 200') || head < 0 || length === undefined) {
    process.send?.({ error: `unexpected answer: ${text.slice(0, 100)}` });
    process.disconnect();
  }
  return head + 4 + Number(length);
}
