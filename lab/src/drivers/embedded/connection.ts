import { connect, type Socket } from 'node:net';
import type { AnswerListener, ClientOptions, Exchange } from './client.ts';
import { ResponseParser } from './response-parser.ts';

/** Below the 5 s after which `node:http` closes an idle connection, so that no request runs into the closing. */
const longestIdleMs = 3000;

interface ConnectionEvents {
  readonly onIdle: () => void;
  readonly onClosed: (wasIdle: boolean) => void;
}

/** One connection, from its opening on; it carries one request at a time. To leave it is to drop it. */
export class Connection implements Exchange {
  #idleSinceMs = 0;
  #idleLimitMs = longestIdleMs;
  readonly #nowMs: () => number;
  readonly #events: ConnectionEvents;
  readonly #socket: Socket;
  readonly #parser = new ResponseParser();
  readonly #buffer: Buffer;
  #listener: AnswerListener | null = null;
  #open = true;

  constructor(options: ClientOptions & { readonly buffer: Buffer }, events: ConnectionEvents) {
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
