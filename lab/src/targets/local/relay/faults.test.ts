import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../../../../test/local-target.ts';
import { endOf, openClient, settled, startTcpServer } from '../../../../../test/loopback.ts';
import type { Fault } from '../../target.ts';
import { openFaultProxy } from './faults.ts';

it('carries both directions and counts what came from the server', async () => {
  const { port, stats } = await start();
  const client = openClient(port);
  client.socket.write('hello');
  expect(await client.received(5)).toBe('hello');
  client.socket.end();
  expect(await client.ended).toBe('end');
  expect(await stats()).toEqual({ connections: 1, bytesFromServer: 5 });
});

it('latency: delays what comes from the server once, in order, its end too', async () => {
  const { port, server, set } = await start(() => undefined);
  const client = openClient(port);
  const served = await server.accepted(0);
  await set({ kind: 'latency', latencyMs: 300 });
  const startMs = performance.now();
  served.write('one ');
  await delay(40);
  served.end('two');
  await client.received(4);
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(300);
  await client.ended;
  expect(performance.now() - startMs).toBeLessThan(550);
  expect(client.text()).toBe('one two');
});

it('latency: does not delay what goes to the server', async () => {
  const { port, server, set } = await start(() => undefined);
  await set({ kind: 'latency', latencyMs: 10_000 });
  const client = openClient(port);
  client.socket.end('x');
  expect(await endOf(await server.accepted(0))).toBe('end');
});

it('latency: hands on at once what it has held back when the fault is lifted', async () => {
  const { port, server, set, held } = await start(() => undefined);
  await set({ kind: 'latency', latencyMs: 60_000 });
  const client = openClient(port);
  (await server.accepted(0)).write('late');
  await held(50);
  await set(null);
  expect(await client.received(4)).toBe('late');
});

it('bandwidth: carries as many bytes per second as it allows, all connections together', async () => {
  const { port, server, set, stats } = await start(() => undefined);
  await set({ kind: 'bandwidth', bytesPerSecond: 100_000 });
  const clients = [openClient(port), openClient(port)];
  const startMs = performance.now();
  for (const index of [0, 1]) (await server.accepted(index)).write(Buffer.alloc(500_000, 'x'));
  await delay(500);
  const { bytesFromServer } = await stats();
  const expected = (performance.now() - startMs) * 100;
  expect(bytesFromServer).toBeGreaterThan(0.5 * expected);
  expect(bytesFromServer).toBeLessThan(1.05 * expected + 2_000);
  const [first = 0, second = 0] = clients.map((client) => client.text().length);
  expect(Math.abs(first - second)).toBeLessThanOrEqual(4_000);
});

it('bandwidth: the server waits, and everything comes when the fault is lifted', async () => {
  const { port, server, set } = await start(() => undefined);
  await set({ kind: 'bandwidth', bytesPerSecond: 1_000 });
  const client = openClient(port);
  const served = await server.accepted(0);
  served.end(Buffer.alloc(20_000_000, 'x'));
  await client.received(1);
  expect(await settled(() => served.writableLength)).toBeGreaterThan(0);
  await set(null);
  expect(await client.ended).toBe('end');
  expect(client.text()).toHaveLength(20_000_000);
});

it('reset: resets open connections on both sides, and new ones', async () => {
  const { port, server, set } = await start(() => undefined);
  const client = openClient(port);
  const serverEnd = endOf(await server.accepted(0));
  await set({ kind: 'reset' });
  expect([await client.ended, await serverEnd]).toEqual(['ECONNRESET', 'ECONNRESET']);
  expect(await openClient(port).ended).toBe('ECONNRESET');
  await set(null);
  const healthy = openClient(port);
  await server.accepted(1);
  expect(healthy.socket.destroyed).toBe(false);
});

it('black hole: nobody hears anything, and all goes on where it stopped when it heals', async () => {
  const { port, server, set, held } = await start();
  const client = openClient(port);
  client.socket.write('before');
  await client.received(6);
  await set({ kind: 'black-hole' });
  client.socket.write(' during');
  client.socket.end();
  await held(50);
  expect(client.text()).toBe('before');
  await set(null);
  expect(await client.ended).toBe('end');
  expect(client.text()).toBe('before during');
  expect(server.sockets).toHaveLength(1);
});

it('black hole: takes no more from a sender than the kernels’ buffers do', async () => {
  const { port, server, set } = await start(() => undefined);
  const client = openClient(port);
  const served = await server.accepted(0);
  await set({ kind: 'black-hole' });
  for (const sender of [served, client.socket]) sender.write(Buffer.alloc(20_000_000));
  expect(await settled(() => served.writableLength)).toBeGreaterThan(0);
  expect(await settled(() => client.socket.writableLength)).toBeGreaterThan(0);
});

it('black hole: accepts new connections, which reach the server when it heals', async () => {
  const { port, server, set, held } = await start();
  await set({ kind: 'black-hole' });
  const client = openClient(port);
  client.socket.write('hello');
  await held(50);
  expect([client.socket.connecting, server.sockets.length, client.text()]).toEqual([false, 0, '']);
  await set(null);
  expect(await client.received(5)).toBe('hello');
});

it('black hole: tells neither side of the reset of the other before it heals', async () => {
  const { port, server, set, held } = await start(() => undefined);
  const [first, second] = [openClient(port), openClient(port)];
  const served = [await server.accepted(0), await server.accepted(1)];
  const ends: string[] = [];
  const ofServer = served.map((socket) => endOf(socket).then((end) => ends.push(end)));
  const ofClient = second.ended.then((end) => ends.push(end));
  await set({ kind: 'black-hole' });
  first.socket.resetAndDestroy();
  served[1]?.resetAndDestroy();
  await held(50);
  expect(ends).toEqual([]);
  await set(null);
  await Promise.all([ofServer[0], ofClient]);
  expect(ends).toEqual(['ECONNRESET', 'ECONNRESET']);
});

it('refuse: closes what is open, refuses what is new, and listens again on the same port', async () => {
  const { port, server, set } = await start(() => undefined);
  const client = openClient(port);
  const serverEnd = endOf(await server.accepted(0));
  await set({ kind: 'refuse' });
  expect([await client.ended, await serverEnd]).toEqual(['end', 'end']);
  expect(await openClient(port).ended).toBe('ECONNREFUSED');
  await set({ kind: 'refuse' });
  await set(null);
  openClient(port);
  await server.accepted(1);
});

it('close after: closes every connection after exactly so many bytes from the server', async () => {
  const { port, server, set } = await start(() => undefined);
  await set({ kind: 'close-after', bytes: 5 });
  for (const index of [0, 1]) {
    const client = openClient(port);
    const served = await server.accepted(index);
    served.write('abc');
    await client.received(3);
    served.write('defgh');
    expect(await client.ended).toBe('end');
    expect(client.text()).toBe('abcde');
    client.socket.end();
    expect(await eventually(() => served.destroyed || served.readableEnded)).toBe(true);
  }
});

it('resets the client when the upstream refuses', async () => {
  const proxy = await openFaultProxy({ port: 0, upstream: { host: '127.0.0.1', port: 1 } });
  onTestFinished(() => proxy.close());
  expect(await openClient(proxy.port).ended).toBe('ECONNRESET');
});

/** In front of an echo server, or of one that does what it is told. */
async function start(onConnection?: () => void) {
  const server = await startTcpServer(onConnection ?? ((socket) => void socket.pipe(socket)));
  const proxy = await openFaultProxy({ port: 0, upstream: server });
  onTestFinished(async () => {
    await proxy.close();
  });
  return {
    port: proxy.port,
    server,
    set: (fault: Fault | null) => proxy.obey({ kind: 'fault', fault }),
    stats: () => proxy.obey({ kind: 'stats' }) as Promise<{ connections: number; bytesFromServer: number }>,
    /** Time in which something could arrive that must not. */
    held: (ms: number) => delay(ms),
  };
}
