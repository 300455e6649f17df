import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { buildApp, buildControlApp } from './app.ts';
import type { Config } from './config.ts';
import { trackConnections } from './draining.ts';
import { sleep, type Clock } from './kernel/clock.ts';
import type { Ports } from './ports.ts';

const CLOSE_IDLE_EVERY_MS = 20;
/** How long a connection that was just opened may take to send its first request while we close. */
const FIRST_REQUEST_WAIT_MS = 200;

/** A port cannot be listened on; the message says which one and what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

export interface Servers {
  readonly port: number;
  readonly controlPort: number;
  /**
   * Readiness off → serve on for the drain delay, answers carry `Connection: close` → close → finish what is in
   * flight → `closePorts`. Resolves with false when the grace period, which begins after the drain delay, was not enough.
   */
  stop(closePorts: () => Promise<void>): Promise<boolean>;
}

/** Builds both servers and listens. @throws ListenError */
export async function startServers(config: Config, ports: Ports): Promise<Servers> {
  const app = await buildApp(config, ports);
  const control = await buildControlApp(config, ports);
  const servers = [app, control].map((server) => ({ server, closeIdle: trackConnections(server.server) }));
  await listen(app, 'PORT', config.host, config.port);
  await listen(control, 'CONTROL_PORT', config.control.host, config.control.port);
  ports.lifecycle.ownUrl = `http://127.0.0.1:${portOf(app)}`;

  return {
    port: portOf(app),
    controlPort: portOf(control),
    async stop(closePorts) {
      const { lifecycle, clock } = ports;
      lifecycle.isDraining = true;
      await sleep(clock, config.drainDelayMs, new AbortController().signal);
      const finished = close(servers, clock)
        .then(closePorts)
        .then(() => true);
      const grace = new AbortController();
      const overdue = sleep(clock, config.gracePeriodMs, grace.signal).then(() => false);
      try {
        const isGraceful = await Promise.race([finished, overdue]);
        if (!isGraceful) lifecycle.forcedStop.abort(new Error('the grace period is over'));
        return isGraceful;
      } finally {
        overdue.catch(() => {});
        grace.abort(new Error('stopped'));
      }
    },
  };
}

/** Resolves when every request is answered; connections that have none are closed, also those that turn idle later. */
async function close(
  servers: readonly {
    readonly server: FastifyInstance;
    readonly closeIdle: ReturnType<typeof trackConnections>;
  }[],
  clock: Clock,
): Promise<void> {
  const startedMs = clock.nowMs();
  const closed = new AbortController();
  const closing = Promise.all(servers.map(({ server }) => server.close())).finally(() => closed.abort());
  while (!closed.signal.aborted) {
    const which = clock.nowMs() - startedMs < FIRST_REQUEST_WAIT_MS ? 'idle' : 'idle-and-unused';
    for (const { closeIdle } of servers) closeIdle(which);
    await sleep(clock, CLOSE_IDLE_EVERY_MS, closed.signal).catch(() => {});
  }
  await closing;
}

async function listen(app: FastifyInstance, variable: string, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw new ListenError(whyNot(error as NodeJS.ErrnoException, variable, host, port), { cause: error });
  }
}

function whyNot(
  { code, message }: NodeJS.ErrnoException,
  variable: string,
  host: string,
  port: number,
): string {
  if (code === 'EADDRINUSE') {
    return `Port ${port} on ${host} is already taken: stop the program that listens there, or set ${variable} to another port (0 takes a free one).`;
  }
  if (code === 'EACCES')
    return `Port ${port} may not be opened by this user: set ${variable} to a port above 1023.`;
  return `Cannot listen on ${host}:${port} (${variable}): ${message}`;
}

function portOf(app: FastifyInstance): number {
  return (app.server.address() as AddressInfo).port;
}
