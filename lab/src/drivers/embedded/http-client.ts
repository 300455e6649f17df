import type { AnswerListener, Client, ClientOptions, Exchange } from './client.ts';
import { Connection } from './connection.ts';

/**
 * A bare HTTP/1.1 client: one request at a time on a connection, a new connection whenever none is free, no limit, no
 * queue, no retry. A queue in the client would hide exactly the waiting that the lab measures. It is lean because the
 * system under load shares the machine: `npm run bench` says what a request costs.
 */
export class HttpClient implements Client {
  readonly #options: ClientOptions;
  readonly #connections = new Set<Connection>();
  /** Free connections; the one that was used last is taken first, so the front has been idle longest. */
  readonly #idle: Connection[] = [];
  /** All sockets read into one buffer: each chunk is parsed before the next is read. */
  readonly #readBuffer = Buffer.allocUnsafeSlow(65_536);

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Sends the request at once. */
  send(message: string, listener: AnswerListener): Exchange {
    const nowMs = this.#options.nowMs();
    let connection = this.#idle.pop();
    while (connection?.expired(nowMs) === true) {
      connection.leave();
      connection = this.#idle.pop();
    }
    connection ??= this.#open();
    connection.send(message, listener);
    return connection;
  }

  /** Closes connections before the server does. */
  closeIdle(): void {
    const nowMs = this.#options.nowMs();
    for (const connection of this.#idle.filter((idle) => idle.expired(nowMs))) connection.leave();
  }

  close(): void {
    for (const connection of this.#connections) connection.leave();
  }

  #open(): Connection {
    const connection: Connection = new Connection(
      { ...this.#options, buffer: this.#readBuffer },
      {
        onIdle: () => this.#idle.push(connection),
        onClosed: (wasIdle) => {
          this.#connections.delete(connection);
          if (wasIdle) this.#removeIdle(connection);
        },
      },
    );
    this.#connections.add(connection);
    return connection;
  }

  #removeIdle(connection: Connection): void {
    const index = this.#idle.lastIndexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
  }
}
