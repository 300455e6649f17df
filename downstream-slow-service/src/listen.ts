import type { FastifyInstance } from 'fastify';

export interface Address {
  readonly host: string;
  readonly port: number;
  /** The environment variables that say them, for the error. */
  readonly hostVariable: string;
  readonly portVariable: string;
}

const REASONS: Readonly<Record<string, (address: Address) => string>> = {
  EADDRINUSE: ({ host, port, portVariable }) =>
    `Port ${port} on ${host} is taken: stop the program that uses it, or set ${portVariable} to another port (0 takes a free one).`,
  EACCES: ({ port, portVariable }) =>
    `Port ${port} may not be opened by this user: set ${portVariable} to a port above 1023.`,
  EADDRNOTAVAIL: ({ host, hostVariable }) =>
    `This machine has no address ${host}: set ${hostVariable} to one that it has.`,
  ENOTFOUND: ({ host, hostVariable }) =>
    `The host name ${host} is not known: set ${hostVariable} to another one.`,
};

/** Listens and resolves to the port. Rejects with a sentence that names the port and what to do. */
export async function listen(server: FastifyInstance, address: Address): Promise<number> {
  try {
    await server.listen({ host: address.host, port: address.port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new Error(
      REASONS[code]?.(address) ?? `Port ${address.port} could not be opened: ${String(error)}`,
      {
        cause: error,
      },
    );
  }
  const bound = server.server.address();
  return bound !== null && typeof bound === 'object' ? bound.port : address.port;
}
