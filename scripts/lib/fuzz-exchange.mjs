import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAnswerParser } from './answer-parser.mjs';

/**
 * Sends the steps of a malformed request on a connection of its own and gives the answers that came. The service may end
 * the connection at any moment. Never rejects; `problem` says what was wrong with the answers.
 */
export async function exchange(port, request, deadlineMs) {
  const { steps, ending, answers: expected, method, readAfterMs } = request;
  const answers = [];
  let problem = null;
  const parser = createAnswerParser(() => method === 'HEAD');
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  let onOver;
  const over = new Promise((resolve) => (onOver = resolve));
  socket.on('error', () => {});
  socket.on('close', () => onOver());
  socket.on('end', () => {
    const last = parser.end();
    if (last !== null) answers.push(last);
    socket.destroy();
  });
  socket.on('data', (bytes) => {
    if (ending === 'destroy-at-data') socket.destroy();
    try {
      answers.push(...parser.feed(bytes));
    } catch (error) {
      problem = error.message;
      socket.destroy();
    }
    if (expected > 0 && answers.length >= expected) onOver();
  });

  if (readAfterMs !== undefined) {
    socket.pause();
    setTimeout(() => socket.resume(), readAfterMs);
  }
  for (const { bytes, pauseMs = 0 } of steps) {
    if (pauseMs > 0) await sleep(pauseMs);
    if (socket.destroyed) break;
    socket.write(bytes);
  }
  if (ending === 'half-close') socket.end();
  else if (ending === 'destroy') await flush(socket);
  if (ending !== 'destroy') {
    const isLate = await Promise.race([over, sleep(deadlineMs, 'late', { ref: false })]);
    if (isLate === 'late') problem ??= `no end of it within ${deadlineMs} ms`;
    else if (answers.length < expected)
      problem ??= `${answers.length} of ${expected} answers before the connection ended`;
  }
  socket.destroy();
  return { answers, problem };
}

/** What was written has left, or cannot. */
async function flush(socket) {
  for (let turn = 0; turn < 20 && socket.writableLength > 0 && !socket.destroyed; turn += 1) await sleep(2);
}
