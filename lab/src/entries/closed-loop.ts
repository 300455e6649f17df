import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { ClosedLoopAnswer, ClosedLoopOrder } from '../bench/closed-loop-order.ts';

// As many requests as a server can answer: each connection sends the next when its answer is complete. One order at a
// time, all by one process, so that all servers meet the same client.
process.on('message', (order: ClosedLoopOrder) => {
  const request = toRequest(order);
  const status = order.body === undefined ? 200 : 201;
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
      process.send?.({ answersPerSecond: answers / seconds } satisfies ClosedLoopAnswer);
    }, order.durationMs);
  };
  const sockets = Array.from({ length: order.connections }, () =>
    open(order.port, status, onConnect, (socket) => {
      if (!running) return;
      answers += 1;
      socket.write(request);
    }),
  );
});
process.on('disconnect', () => process.exit(0));

function toRequest({ port, path, body }: ClosedLoopOrder): Buffer {
  const host = `Host: 127.0.0.1:${port}\r\n`;
  if (body === undefined) return Buffer.from(`GET ${path} HTTP/1.1\r\n${host}\r\n`);
  const head = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${host}${head}\r\n${body}`);
}

/** Counts an answer as complete when as many bytes have come as its own head says. */
function open(
  port: number,
  status: number,
  onConnect: () => void,
  onAnswer: (socket: Socket) => void,
): Socket {
  const socket = connect(port, '127.0.0.1', onConnect);
  let answerBytes = 0;
  let received = 0;
  socket.on('data', (chunk) => {
    if (received === 0) answerBytes = toAnswerBytes(chunk, status);
    received += chunk.length;
    if (received < answerBytes) return;
    received = 0;
    onAnswer(socket);
  });
  socket.on('error', (error) => process.send?.({ error: error.message }));
  return socket;
}

/** Length of head and body; ends the run on anything but the expected status with a content-length. */
function toAnswerBytes(chunk: Buffer, status: number): number {
  const headEnd = chunk.indexOf('\r\n\r\n');
  const head = chunk.toString('latin1', 0, headEnd);
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  if (!head.startsWith(`HTTP/1.1 ${status}`) || headEnd < 0 || length === undefined) {
    process.send?.({ error: `unexpected answer: ${chunk.toString('latin1', 0, 100)}` });
    process.disconnect();
  }
  return headEnd + 4 + Number(length);
}
