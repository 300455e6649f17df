/** What became of one request; exactly one of the two is called, unless the client left before. */
export interface AnswerListener {
  /** The answer was read to its end. */
  onAnswer(status: number, degraded: boolean): void;
  /** Refused, reset, cut off, or not HTTP. */
  onFailure(): void;
}

export interface Exchange {
  /** Gives the request up; the listener hears nothing more. */
  leave(): void;
}

/** Carries requests to the server. It never repeats one. */
export interface Client {
  /** Takes the request: a complete HTTP/1.1 message in Latin-1. */
  send(message: string, listener: AnswerListener): Exchange;
  /** Call about once a second. */
  closeIdle(): void;
  /** Drops every connection. */
  close(): void;
}

export interface ClientOptions {
  /** An address, so that no name is looked up while load is made. */
  readonly host: string;
  readonly port: number;
  readonly nowMs: () => number;
}
