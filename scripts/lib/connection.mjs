import { connect } from 'node:net';
import { createAnswerParser } from './answer-parser.mjs';

/**
 * One keep-alive connection for one request at a time, written by hand so that nothing is tried again, reused or hidden
 * behind one's back. `send` rejects with what happened to the connection when there is no whole answer.
 */
export function openConnection(port) {
  let waiting = null;
  let isHead = false;
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const parser = createAnswerParser(() => isHead);
  const connection = {
    /** False when it has ended, or an answer said that it will: send nothing more then. */
    isUsable: true,
    send: (bytes, { timeoutMs, head = false }) =>
      new Promise((resolve, reject) => {
        isHead = head;
        const timer = setTimeout(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs);
        waiting = { resolve, reject, timer };
        if (socket.destroyed) fail('the connection had ended');
        else socket.write(bytes);
      }),
    close: () => socket.destroy(),
  };

  function settle(which, value) {
    if (waiting === null) return;
    clearTimeout(waiting.timer);
    const { [which]: call } = waiting;
    waiting = null;
    call(value);
  }

  function fail(reason) {
    connection.isUsable = false;
    socket.destroy();
    settle('reject', new Error(parser.isInside ? `${reason}, in the middle of an answer` : reason));
  }

  function take(answer) {
    if (answer.isClosing) connection.isUsable = false;
    settle('resolve', answer);
  }

  socket.on('data', (bytes) => {
    try {
      for (const answer of parser.feed(bytes)) take(answer);
    } catch (error) {
      fail(error.message);
    }
  });
  socket.on('error', (error) => fail(error.code ?? error.message));
  socket.on('end', () => {
    connection.isUsable = false;
    const last = parser.end();
    if (last !== null) take(last);
    else fail('the connection was closed without an answer');
  });
  socket.on('close', () => fail('the connection was closed'));
  return connection;
}

/** Connections to one port: an idle one is used again, else another is opened; closing ones are let go. */
export function createConnectionPool(port) {
  const idle = [];
  const all = new Set();
  return {
    async send(bytes, options) {
      let connection = idle.pop();
      while (connection !== undefined && !connection.isUsable) connection = idle.pop();
      connection ??= openConnection(port);
      all.add(connection);
      try {
        return await connection.send(bytes, options);
      } finally {
        if (connection.isUsable) idle.push(connection);
        else {
          all.delete(connection);
          connection.close();
        }
      }
    },
    close() {
      for (const connection of all) connection.close();
    },
  };
}
