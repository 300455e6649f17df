import { createServer, request } from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../../../../test/local-target.ts';
import { listen, openClient, settled, startTcpServer } from '../../../../../test/loopback.ts';
import { findFreePort } from '../ports.ts';
import { openHttpBalancer } from './http-relay.ts';
import type { BalancerSetUp, EndpointStats } from './protocol.ts';

it('gives every request to the next endpoint, also those of one connection, over kept connections', async () => {
  const { port, stats } = await start([await startNamed('a'), await startNamed('b')]);
  const client = openClient(port);
  for (let count = 1; count <= 6; count += 1) {
    client.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await eventually(() => client.text().split('HTTP/1.1 200').length === count + 1);
  }
  expect(
    client
      .text()
      .match(/name-[ab]/g)
      ?.join(' '),
  ).toBe('name-a name-b name-a name-b name-a name-b');
  expect(await stats()).toEqual([
    { name: 'endpoint-1', connections: 1, requests: 3 },
    { name: 'endpoint-2', connections: 1, requests: 3 },
  ]);
});

it('streams both bodies: the answer begins before the request has ended', async () => {
  const { url } = await start([await startHttp((request, response) => void request.pipe(response))]);
  const sent = request(url, { method: 'POST' });
  sent.write('first');
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  expect(String((await once(answer, 'data'))[0])).toBe('first');
  sent.end(' last');
  expect(await text(answer)).toBe(' last');
});

it('passes on method, path, body and headers, but none that belong to one connection', async () => {
  let seen: Partial<IncomingMessage> = {};
  let body = '';
  const { url } = await start([
    await startHttp(async (request, response) => {
      seen = request;
      body = await text(request);
      const headers = { 'set-cookie': ['a=1', 'b=2'], connection: 'close, X-Hop', 'x-hop': '1' };
      response.writeHead(201, { ...headers, 'retry-after': '7' });
      response.end('made');
    }),
  ]);
  const headers = {
    Connection: 'keep-alive, X-Own-Hop',
    'X-Own-Hop': '1',
    traceparent: '00-1',
    Host: 'shop',
  };
  const answer = await send(url, { method: 'PUT', path: '/a?b=%20c', headers, body: 'hello' });
  expect([seen.method, seen.url, body]).toEqual(['PUT', '/a?b=%20c', 'hello']);
  expect(seen.headers).toMatchObject({ traceparent: '00-1', host: 'shop', 'content-length': '5' });
  expect(seen.headers).not.toHaveProperty('x-own-hop');
  expect([answer.status, answer.body]).toEqual([201, 'made']);
  expect(answer.headers).toMatchObject({ 'set-cookie': ['a=1', 'b=2'], 'retry-after': '7' });
  expect(answer.headers).not.toHaveProperty('x-hop');
  expect(answer.headers.connection).not.toContain('close');
});

it('aborts the request to the endpoint when the client has gone', async () => {
  let gone = false;
  const { port } = await start([
    await startHttp((_, response) => response.on('close', () => (gone = !response.writableFinished))),
  ]);
  const client = openClient(port);
  client.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await eventually(() => client.socket.bytesWritten > 0);
  await new Promise((resolve) => setTimeout(resolve, 30));
  client.socket.destroy();
  expect(await eventually(() => gone, 1_000)).toBe(true);
});

it('answers 502 for an endpoint that refuses or resets, and tries no other', async () => {
  const open = await startNamed('open');
  const resetting = await startTcpServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
  const { url, stats } = await start([await startNobody(), resetting.port, open]);
  const refused = await send(url);
  expect(refused).toMatchObject({ status: 502, body: expect.stringContaining('endpoint-1') as string });
  expect(await send(url, { method: 'POST', body: 'x' })).toMatchObject({ status: 502 });
  expect((await stats()).map(({ requests }) => requests)).toEqual([1, 1, 0]);
});

it('answers 503 when there is no endpoint', async () => {
  const { url } = await start([]);
  expect(await send(url)).toMatchObject({ status: 503, body: '503: no endpoint is ready\n' });
});

it('cuts the answer off when the endpoint does, also with retries left', async () => {
  const cutting = await startHttp((_, response) => {
    response.writeHead(200, { 'content-length': 10 });
    response.write('half');
    setTimeout(() => response.destroy(), 20);
  });
  const { url, stats } = await start([cutting, await startNamed('other')], { retries: 3 });
  await expect(send(url)).rejects.toThrow('aborted');
  expect((await stats())[1]?.requests).toBe(0);
});

it('with retries, sends a request that failed to the next endpoint, with its body', async () => {
  const echo = await startHttp((request, response) => void request.pipe(response));
  const { url } = await start([await startNobody(), echo], { retries: 1 });
  expect(await send(url, { method: 'POST', body: 'again' })).toMatchObject({ status: 200, body: 'again' });
});

it('with retries, gives up after so many, and never repeats because of a status', async () => {
  const nobody = await startNobody();
  const failing = await startHttp((_, response) => response.writeHead(500).end());
  const { url, stats } = await start([nobody, nobody, failing], { retries: 1 });
  expect((await send(url)).status).toBe(502);
  expect((await send(url)).status).toBe(500);
  expect((await stats()).map(({ requests }) => requests)).toEqual([1, 1, 1]);
});

it('gives up an attempt that has no answer in time, and the endpoint hears of it', async () => {
  let gone = 0;
  const silent = await startHttp((_, response) => response.on('close', () => (gone += 1)));
  const { url } = await start([silent, await startNamed('other')], { retries: 1, timeoutMs: 50 });
  expect(await send(url)).toMatchObject({ status: 200, body: 'name-other' });
  expect(await eventually(() => gone === 1, 1_000)).toBe(true);
  const alone = await start([silent], { timeoutMs: 50 });
  expect((await send(alone.url)).status).toBe(504);
});

it('answers 502 to a request whose body is still on its way, never repeats it, and reads the next one', async () => {
  const resetting = await startTcpServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
  const { port, stats } = await start([resetting.port, await startNamed('other')], { retries: 1 });
  const client = openClient(port);
  client.socket.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n');
  expect(await eventually(() => client.text().startsWith('HTTP/1.1 502'), 1_000)).toBe(true);
  client.socket.write(`10000\r\n${'x'.repeat(0x10000)}\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n`);
  expect(await eventually(() => client.text().endsWith('name-other'), 1_000)).toBe(true);
  expect((await stats()).map(({ requests }) => requests)).toEqual([1, 1]);
});

it('lets a request finish on an endpoint that has left the list', async () => {
  let answer: ServerResponse | undefined;
  const slow = await startHttp((_, response) => (answer = response));
  const { url, setEndpoints } = await start([slow]);
  const running = send(url);
  await eventually(() => answer !== undefined);
  await setEndpoints([await startNamed('new')]);
  expect((await send(url)).body).toBe('name-new');
  answer?.end('old');
  expect((await running).body).toBe('old');
});

it('reads no more of an answer than its client takes', async () => {
  const total = 1_000;
  let produced = 0;
  function* produce() {
    for (; produced < total; produced += 1) yield Buffer.alloc(65_536);
  }
  const { port } = await start([await startHttp((_, response) => Readable.from(produce()).pipe(response))]);
  const client = openClient(port);
  client.socket.pause();
  client.socket.write('GET / HTTP/1.0\r\nHost: x\r\n\r\n');
  await eventually(() => produced > 0);
  expect(await settled(() => produced)).toBeLessThan(total / 2);
  client.socket.resume();
  await client.ended;
  expect(client.text().length).toBeGreaterThan(total * 65_536);
});

async function start(ports: readonly number[], changes: Partial<BalancerSetUp> = {}) {
  const relay = await openHttpBalancer({
    level: 'request',
    port: 0,
    retries: 0,
    timeoutMs: null,
    ...changes,
  });
  onTestFinished(() => relay.close());
  const setEndpoints = (list: readonly number[]) =>
    relay.obey({
      kind: 'endpoints',
      endpoints: list.map((port, index) => ({ name: `endpoint-${index + 1}`, host: '127.0.0.1', port })),
    });
  await setEndpoints(ports);
  const stats = () => relay.obey({ kind: 'stats' }) as Promise<readonly EndpointStats[]>;
  return { port: relay.port, url: `http://127.0.0.1:${relay.port}`, stats, setEndpoints };
}

function startHttp(
  handler: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<number> {
  return listen(createServer((request, response) => void handler(request, response)));
}

function startNamed(name: string): Promise<number> {
  return startHttp((_, response) => response.end(`name-${name}`));
}

function startNobody(): Promise<number> {
  return findFreePort();
}

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

async function send(url: string, { body, headers = {}, ...options }: Sent = {}) {
  const length = body === undefined ? {} : { 'content-length': String(body.length) };
  const sent = request(url, { ...options, headers: { ...headers, ...length } });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
}
