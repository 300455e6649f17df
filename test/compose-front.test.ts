import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { createBalancer } from '../docker/front/balancer.mts';
import { createControl } from '../docker/front/control.mts';
import { Replicas } from '../docker/front/replicas.mts';
import type { Address } from '../docker/front/replicas.mts';
import { endOf, listen, openClient, startTcpServer } from './loopback.ts';

const nobody: Address = { host: '127.0.0.1', port: 1 };

it('asks for the replicas again when a second has passed, and begins each turn with the next one', async () => {
  let nowMs = 0;
  let hosts = ['10.0.0.3', '10.0.0.2', '10.0.0.3'];
  const replicas = new Replicas({
    name: 'backend',
    port: 8000,
    nowMs: () => nowMs,
    resolve: () => Promise.resolve(hosts),
  });
  const turn = async () => (await replicas.inTurn()).map(({ host }) => host).join(' ');
  expect(await turn()).toBe('10.0.0.2 10.0.0.3');
  expect(await turn()).toBe('10.0.0.3 10.0.0.2');
  hosts = ['10.0.0.4'];
  nowMs = 999;
  expect(await turn()).toBe('10.0.0.2 10.0.0.3');
  nowMs = 1_000;
  expect(await turn()).toBe('10.0.0.4');
});

it('knows no replicas while their name is unknown', async () => {
  const resolve = () => Promise.reject(new Error('ENOTFOUND'));
  expect(await new Replicas({ name: 'backend', port: 8000, resolve }).inTurn()).toEqual([]);
});

it('gives a connection to a replica, both directions, its ends too', async () => {
  const replica = await startTcpServer((socket) => void socket.pipe(socket));
  const client = openClient(await listen(createBalancer(() => Promise.resolve([replica]))));
  client.socket.end('hello');
  expect(await client.ended).toBe('end');
  expect(client.text()).toBe('hello');
});

it('gives a connection to the next replica when one refuses', async () => {
  const replica = await startTcpServer((socket) => void socket.end('served'));
  const client = openClient(await listen(createBalancer(() => Promise.resolve([nobody, replica]))));
  expect(await client.received(6)).toBe('served');
});

it('resets a connection when there is no replica', async () => {
  const client = openClient(await listen(createBalancer(() => Promise.resolve([]))));
  expect(await client.ended).toBe('ECONNRESET');
});

it.each([
  ['client', 'replica'],
  ['replica', 'client'],
])('tells of the reset of the %s to the %s', async (from) => {
  const replica = await startTcpServer();
  const client = openClient(await listen(createBalancer(() => Promise.resolve([replica]))));
  client.socket.write('hello');
  const served = await replica.accepted(0);
  const [gone, told] = from === 'client' ? [client.socket, endOf(served)] : [served, client.ended];
  gone.resetAndDestroy();
  expect(await told).toBe('ECONNRESET');
});

it('has every replica do what the control API is asked, token and body included', async () => {
  const [first, second] = [await startReplica(200), await startReplica(200)];
  const port = await listen(createControl(() => Promise.resolve([first.address, second.address])));
  const response = await fetch(`http://127.0.0.1:${port}/protections/bulkhead`, {
    method: 'PUT',
    headers: { authorization: 'Bearer secret', 'content-type': 'application/json' },
    body: '{"limit":5}',
  });
  expect([response.status, await response.text()]).toEqual([200, 'done']);
  for (const { seen } of [first, second])
    expect(seen).toEqual(['PUT /protections/bulkhead Bearer secret application/json {"limit":5}']);
});

it('says which replica the control API missed', async () => {
  const { address } = await startReplica(200);
  const port = await listen(createControl(() => Promise.resolve([address, nobody])));
  const response = await fetch(`http://127.0.0.1:${port}/protections`);
  expect(response.status).toBe(502);
  expect(await response.json()).toMatchObject({
    replicas: [
      { replica: `127.0.0.1:${address.port}`, status: 200 },
      { replica: '127.0.0.1:1', status: null },
    ],
  });
});

it('passes on what all replicas refuse, and says so when there is none', async () => {
  const { address } = await startReplica(401);
  const refused = await listen(createControl(() => Promise.resolve([address])));
  const empty = await listen(createControl(() => Promise.resolve([])));
  expect((await fetch(`http://127.0.0.1:${refused}/`)).status).toBe(401);
  expect((await fetch(`http://127.0.0.1:${empty}/`)).status).toBe(503);
});

/** A control API that keeps what it was asked. */
async function startReplica(status: number) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { authorization, 'content-type': type } = request.headers;
      seen.push([request.method, request.url, authorization, type, body].join(' '));
      response.writeHead(status).end('done');
    });
  });
  const address: Address = { host: '127.0.0.1', port: await listen(server) };
  return { address, seen };
}
