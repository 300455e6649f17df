import { createServer } from 'node:net';
import { TargetError } from './target-error.ts';
import type { LocalHost } from './local-host.ts';
import { describePortOwner } from './port-owner.ts';

/** The ports of the specification. */
export const specPorts = {
  backend: 8000,
  backendControl: 8100,
  downstream: 8001,
  downstreamControl: 8101,
} as const;

const loopback = '127.0.0.1';

/** A port of the loopback address that nobody uses at this moment. */
export async function findFreePort(): Promise<number> {
  const port = await tryListen(0, loopback);
  if (port === null) throw new Error('the system has no free port');
  return port;
}

/** Throws `port-taken`, naming every taken port, who holds it if that can be known, and what to do. */
export async function assertPortsFree(host: LocalHost, ports: readonly number[]): Promise<void> {
  const taken: number[] = [];
  for (const port of ports) {
    // `localhost` may mean either address.
    const isFree = (await tryListen(port, loopback)) !== null && (await tryListen(port, '::1')) !== null;
    if (!isFree) taken.push(port);
  }
  if (taken.length === 0) return;
  const lines = taken.map((port) => {
    const owner = describePortOwner(port, host.platform);
    return `port ${port} is in use${owner === null ? '' : ` by ${owner}`}`;
  });
  throw new TargetError(
    'port-taken',
    `${lines.join('; ')}. End that program, or use free ports: npx lab up --ports auto.`,
  );
}

/** The port that was free, null when it is taken. An address that this machine does not have counts as free. */
async function tryListen(port: number, address: string): Promise<number | null> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host: address, exclusive: true }, resolve);
    });
    const bound = server.address();
    return typeof bound === 'object' && bound !== null ? bound.port : port;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT' ? port : null;
  } finally {
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  }
}
