import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
import type { RequestView } from '../kernel/call.ts';
import type { Clock } from '../kernel/clock.ts';

interface Connection {
  readonly openedMs: number;
  requests: number;
}

/** Knows how old each connection is and how many requests came on it. */
export interface Connections {
  /** Called once for each request. */
  viewOf(request: FastifyRequest, reply: FastifyReply): RequestView;
}

/** A connection's age counts from its first request that passes here: Node gives no earlier moment for free. */
export function createConnections(clock: Clock): Connections {
  const connections = new WeakMap<Socket, Connection>();

  return {
    viewOf(request, reply) {
      const { socket } = request.raw;
      let connection = connections.get(socket);
      if (connection === undefined) {
        connection = { openedMs: clock.nowMs(), requests: 0 };
        connections.set(socket, connection);
      }
      connection.requests += 1;
      return new View(request, reply, connection, clock);
    },
  };
}

/** Made for every request, so it works out nothing before a protection asks for it. */
class View implements RequestView {
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly connectionRequests: number;

  constructor(request: FastifyRequest, reply: FastifyReply, connection: Connection, clock: Clock) {
    this.#request = request;
    this.#reply = reply;
    this.#connection = connection;
    this.#clock = clock;
    this.connectionRequests = connection.requests;
  }

  get longestTextLength(): number {
    const lengths = Object.values(this.#request.query as Record<string, unknown>).map((value) =>
      typeof value === 'string' ? value.length : 0,
    );
    return Math.max(0, ...lengths);
  }

  get connectionAgeMs(): number {
    return this.#clock.nowMs() - this.#connection.openedMs;
  }

  closeConnection(): void {
    void this.#reply.header('connection', 'close');
  }

  markDegraded(protection: string): void {
    void this.#reply.header('lab-degraded', protection);
  }
}
