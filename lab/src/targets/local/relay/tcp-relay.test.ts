import { expect, it, onTestFinished } from 'vitest';
import { endOf, openClient, settled, startTcpServer } from '../../../../../test/loopback.ts';
import type { LoopbackServer } from '../../../../../test/loopback.ts';
import { findFreePort } from '../ports.ts';
import type { BalancerOrder } from './protocol.ts';
import type { Relay } from './relay-program.ts';
import { openTcpBalancer } from './tcp-relay.ts';

it('gives every new connection to the next endpoint, and counts them', async () => {
  const { relay } = await start(await startNamed('a'), await startNamed('b'));
  const names: string[] = [];
  for (let count = 0; count < 5; count += 1) names.push(await openClient(relay.port).received(1));
  expect(names).toEqual(['a', 'b', 'a', 'b', 'a']);
  expect(await relay.obey({ kind: 'stats' })).toEqual([
    { name: 'endpoint-1', connections: 3, requests: null },
    { name: 'endpoint-2', connections: 2, requests: null },
  ]);
});

it('leaves a connection on its endpoint when that endpoint leaves the list', async () => {
  const [old, young] = [await startEcho(), await startNamed('young')];
  const { relay } = await start(old);
  const client = openClient(relay.port);
  client.socket.write('one');
  await client.received(3);
  await setEndpoints(relay, [young]);
  client.socket.write(' two');
  expect(await client.received(7)).toBe('one two');
  expect(await openClient(relay.port).received(5)).toBe('young');
});

it('passes an end on as an end, after which the other direction still carries', async () => {
  const { relay, endpoint } = await start(await startTcpServer());
  const client = openClient(relay.port);
  client.socket.end('question');
  const served = await endpoint.accepted(0);
  expect(await endOf(served)).toBe('end');
  served.end('answer');
  expect(await client.ended).toBe('end');
  expect(client.text()).toBe('answer');
});

it('passes a reset of the endpoint on as a reset', async () => {
  const { relay, endpoint } = await start(await startTcpServer());
  const client = openClient(relay.port);
  (await endpoint.accepted(0)).resetAndDestroy();
  expect(await client.ended).toBe('ECONNRESET');
});

it('passes a reset of the client on as a reset', async () => {
  const { relay, endpoint } = await start(await startTcpServer());
  const client = openClient(relay.port);
  const end = endOf(await endpoint.accepted(0));
  client.socket.resetAndDestroy();
  expect(await end).toBe('ECONNRESET');
});

it('resets a connection when there is no endpoint', async () => {
  const { relay } = await start();
  expect(await openClient(relay.port).ended).toBe('ECONNRESET');
});

it('resets a connection whose endpoint refuses, and does not try another', async () => {
  const closed = { host: '127.0.0.1', port: await findFreePort() };
  const open = await startNamed('open');
  const { relay } = await start(closed, open);
  expect(await openClient(relay.port).ended).toBe('ECONNRESET');
  expect(open.sockets).toHaveLength(0);
});

it('reads no more from an endpoint than its client takes', async () => {
  const { relay, endpoint } = await start(await startTcpServer());
  const client = openClient(relay.port);
  client.socket.pause();
  const served = await endpoint.accepted(0);
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  for (let count = 0; count < 64; count += 1) served.write(chunk);
  // The kernels' buffers take some; the rest has to wait at the endpoint.
  expect(await settled(() => served.writableLength)).toBeGreaterThan(32 * chunk.length);
  client.socket.resume();
  expect(await client.received(64 * chunk.length)).toHaveLength(64 * chunk.length);
});

async function start(...servers: readonly { host: string; port: number }[]) {
  const setUp = { level: 'connection', port: 0, retries: 0, timeoutMs: null } as const;
  const relay = await openTcpBalancer(setUp);
  onTestFinished(() => relay.close());
  await setEndpoints(relay, servers);
  return { relay, endpoint: servers[0] as LoopbackServer };
}

function setEndpoints(
  relay: Relay<BalancerOrder>,
  servers: readonly { host: string; port: number }[],
): Promise<unknown> {
  const endpoints = servers.map(({ host, port }, index) => ({ name: `endpoint-${index + 1}`, host, port }));
  return relay.obey({ kind: 'endpoints', endpoints });
}

/** Says its name to every connection. */
function startNamed(name: string): Promise<LoopbackServer> {
  return startTcpServer((socket) => socket.write(name));
}

function startEcho(): Promise<LoopbackServer> {
  return startTcpServer((socket) => socket.pipe(socket));
}
