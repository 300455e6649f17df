import { connect, type Socket } from 'node:net';
import { ResponseParser } from './response-parser.ts';

/** What became of one request; exactly one of the two is called, unless the client left before. */
export interface AnswerListener {
  /** The answer was read to its end. */
  onAnswer(status: number, degraded: boolean): void;
  /** Refused, reset, cut off, or not HTTP. */
  onFailure(): void;
}

export interface Exchange {
  /** Drops the connection, as a client that leaves does; the listener hears nothing more. */
  leave(): void;
}

export interface HttpClientOptions {
  /** An address, so that no name is looked up while load is made. */
  readonly host: string;
  readonly port: number;
  readonly nowMs: () => number;
}

/** Below the 5 s after which `node:http` closes an idle connection, so that no request runs into the closing. */
const longestIdleMs = 3000;

/**
 * A bare HTTP/1.1 client: one request at a time on a connection, a new connection whenever none is free, no limit, no
 * queue, no retry. A queue in the client would hide exactly the waiting that the lab measures. It is lean because the
 * system under load shares the machine: `npm run bench` says what a request costs.
 */
export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #connections = new Set<Connection>();
  /** Free connections; the one that was used last is taken first, so the front has been idle longest. */
  readonly #idle: Connection[] = [];
  /** All sockets read into one buffer: each chunk is parsed before the next is read. */
  readonly #readBuffer = Buffer.allocUnsafeSlow(65_536);

  constructor(options: HttpClientOptions) {
    this.#options = options;
  }

  /** Sends the request (a complete HTTP/1.1 message in Latin-1) at once. */
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

  /** Call about once a second: closes connections before the server does. */
  closeIdle(): void {
    const nowMs = this.#options.nowMs();
    for (const connection of this.#idle.filter((idle) => idle.expired(nowMs))) connection.leave();
  }

  /** Drops every connection. */
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

interface ConnectionEvents {
  readonly onIdle: () => void;
  readonly onClosed: (wasIdle: boolean) => void;
}

class Connection implements Exchange {
  #idleSinceMs = 0;
  #idleLimitMs = longestIdleMs;
  readonly #nowMs: () => number;
  readonly #events: ConnectionEvents;
  readonly #socket: Socket;
  readonly #parser = new ResponseParser();
  readonly #buffer: Buffer;
  #listener: AnswerListener | null = null;
  #open = true;

  constructor(options: HttpClientOptions & { readonly buffer: Buffer }, events: ConnectionEvents) {
    this.#nowMs = options.nowMs;
    this.#events = events;
    this.#buffer = options.buffer;
    this.#socket = connect({
      host: options.host,
      port: options.port,
      noDelay: true,
      onread: { buffer: options.buffer, callback: (length) => this.#onRead(length) },
    });
    this.#socket.on('end', () => this.#onEnd());
    this.#socket.on('error', () => this.#onClose());
    this.#socket.on('close', () => this.#onClose());
  }

  send(message: string, listener: AnswerListener): void {
    this.#listener = listener;
    this.#socket.write(message, 'latin1');
  }

  expired(nowMs: number): boolean {
    return nowMs - this.#idleSinceMs >= this.#idleLimitMs;
  }

  leave(): void {
    this.#listener = null;
    this.#onClose();
    this.#socket.destroy();
  }

  #onRead(length: number): boolean {
    if (this.#listener === null) {
      this.leave();
      return false;
    }
    const progress = this.#parser.feed(this.#buffer, length);
    if (progress === 'complete') this.#onComplete(this.#parser.reusable);
    else if (progress === 'broken') this.#fail();
    return this.#open;
  }

  #onComplete(reusable: boolean): void {
    const listener = this.#listener;
    this.#listener = null;
    if (reusable) {
      this.#idleSinceMs = this.#nowMs();
      const serverKeepsMs = this.#parser.keepAliveMs;
      if (serverKeepsMs !== null) this.#idleLimitMs = Math.min(longestIdleMs, serverKeepsMs / 2);
      this.#events.onIdle();
    } else {
      this.leave();
    }
    listener?.onAnswer(this.#parser.status, this.#parser.degraded);
  }

  #onEnd(): void {
    if (this.#listener !== null && this.#parser.end() === 'complete') this.#onComplete(false);
    else this.#fail();
  }

  #onClose(): void {
    if (!this.#open) return;
    this.#fail();
  }

  #fail(): void {
    const listener = this.#listener;
    this.#listener = null;
    if (this.#open) {
      this.#open = false;
      this.#events.onClosed(listener === null);
      this.#socket.destroy();
    }
    listener?.onFailure();
  }
}
