import type { AnswerListener, Client, ClientOptions, Exchange } from './client.ts';
import { Connection } from './connection.ts';

/**
 * The client of `LoadPlan.connections`: at most `count` connections, opened at once and kept until the server closes
 * them. A request that finds none free waits its turn; one that was given up keeps its connection busy until its answer
 * has come, as nothing is cut off before `close`.
 */
export class FixedConnections implements Client {
  readonly #options: ClientOptions;
  readonly #count: number;
  readonly #connections = new Set<Connection>();
  /** The one that was idle longest is taken first, so that every connection carries its share. */
  readonly #idle: Connection[] = [];
  readonly #waiting = new Set<KeptRequest>();
  /** All sockets read into one buffer: each chunk is parsed before the next is read. */
  readonly #readBuffer = Buffer.allocUnsafeSlow(65_536);

  constructor(options: ClientOptions, count: number) {
    this.#options = options;
    this.#count = count;
    while (this.#connections.size < count) this.#idle.push(this.#open());
  }

  send(message: string, listener: AnswerListener): Exchange {
    const request: KeptRequest = new KeptRequest(message, listener, () => this.#waiting.delete(request));
    this.#waiting.add(request);
    this.#sendWaiting();
    return request;
  }

  /** Idle connections are kept: to end them is up to the server. */
  closeIdle(): void {}

  close(): void {
    this.#waiting.clear();
    for (const connection of this.#connections) connection.leave();
  }

  #sendWaiting(): void {
    for (const request of this.#waiting) {
      const connection = this.#takeFree();
      if (connection === undefined) return;
      this.#waiting.delete(request);
      connection.send(request.message, request);
    }
  }

  #takeFree(): Connection | undefined {
    const idle = this.#idle.shift();
    if (idle !== undefined || this.#connections.size >= this.#count) return idle;
    return this.#open();
  }

  #open(): Connection {
    const connection: Connection = new Connection(
      { ...this.#options, buffer: this.#readBuffer },
      {
        onIdle: () => {
          this.#idle.push(connection);
          this.#sendWaiting();
        },
        onClosed: () => {
          this.#connections.delete(connection);
          const index = this.#idle.indexOf(connection);
          if (index >= 0) this.#idle.splice(index, 1);
          this.#sendWaiting();
        },
      },
    );
    this.#connections.add(connection);
    return connection;
  }
}

/** A request that can be given up while its connection waits for the answer. */
class KeptRequest implements AnswerListener, Exchange {
  readonly message: string;
  #listener: AnswerListener | null;
  readonly #onLeft: () => void;

  constructor(message: string, listener: AnswerListener, onLeft: () => void) {
    this.message = message;
    this.#listener = listener;
    this.#onLeft = onLeft;
  }

  leave(): void {
    this.#listener = null;
    this.#onLeft();
  }

  onAnswer(status: number, degraded: boolean): void {
    this.#listener?.onAnswer(status, degraded);
  }

  onFailure(): void {
    this.#listener?.onFailure();
  }
}
