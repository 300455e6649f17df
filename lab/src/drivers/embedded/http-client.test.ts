import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startLoopback, type Loopback } from '../loopback.contract.ts';
import { HttpClient } from './http-client.ts';

const message = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function createClient(url: string) {
  const clock = { nowMs: 0 };
  const { hostname, port } = new URL(url);
  const client = new HttpClient({ host: hostname, port: Number(port), nowMs: () => clock.nowMs });
  closing.push(() => client.close());
  const request = () =>
    new Promise<string>((resolve) => {
      client.send(message, {
        onAnswer: (status) => resolve(`answer ${status}`),
        onFailure: () => resolve('failure'),
      });
    });
  return { client, clock, request };
}

async function serve(...handler: Parameters<typeof startLoopback>): Promise<Loopback> {
  const server = await startLoopback(...handler);
  closing.push(() => server.close());
  return server;
}

/** A server that answers with bytes of the test's choice. */
async function serveBytes(answer: string): Promise<string> {
  const server: Server = createServer((socket) => {
    socket.on('data', () => socket.end(answer)).on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('HttpClient', () => {
  it('uses a connection again and opens one only when none is free', async () => {
    const server = await serve((_request, response) => response.end('ok'));
    const { request } = createClient(server.url);
    expect(await request()).toBe('answer 200');
    expect(await request()).toBe('answer 200');
    expect(server.connections.opened).toBe(1);
    await Promise.all([request(), request(), request()]);
    expect(server.connections.opened).toBe(3);
  });

  it('does not use a connection that the server may be about to close', async () => {
    const server = await serve((_request, response) => response.end('ok'));
    const { client, clock, request } = createClient(server.url);
    await request();
    clock.nowMs = 2400;
    await request();
    expect(server.connections.opened).toBe(1);
    // The server announces 5 s; half of it is the limit.
    clock.nowMs = 4900;
    await request();
    expect(server.connections.opened).toBe(2);
    clock.nowMs = 8000;
    client.closeIdle();
    await request();
    expect(server.connections.opened).toBe(3);
  });

  it('opens a new connection when the server has closed the idle one', async () => {
    const server = await serve((request, response) => {
      response.end('ok', () => setTimeout(() => request.socket.destroy(), 5));
    });
    const { request } = createClient(server.url);
    expect(await request()).toBe('answer 200');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await request()).toBe('answer 200');
  });

  it('does not use a connection again after `Connection: close`', async () => {
    const server = await serve((_request, response) => response.setHeader('Connection', 'close').end('ok'));
    const { request } = createClient(server.url);
    expect(await request()).toBe('answer 200');
    expect(await request()).toBe('answer 200');
    expect(server.connections.opened).toBe(2);
  });

  it('hears nothing more of a request that it left, and the server sees it leave', async () => {
    const server = await serve(() => {});
    const { client } = createClient(server.url);
    const heard: string[] = [];
    const exchange = client.send(message, {
      onAnswer: () => heard.push('answer'),
      onFailure: () => heard.push('failure'),
    });
    await expect.poll(() => server.arrivalsMs.length).toBe(1);
    exchange.leave();
    await expect.poll(() => server.connections.left).toBe(1);
    expect(heard).toEqual([]);
  });

  it('takes an answer that ends with its connection, and refuses one that is cut off or no HTTP', async () => {
    const cases = {
      'HTTP/1.1 200 OK\r\n\r\nall of it': 'answer 200',
      'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\npart of it': 'failure',
      'HTTP/1.1 200': 'failure',
      'no HTTP at all\r\n\r\n': 'failure',
      '': 'failure',
    };
    for (const [answer, outcome] of Object.entries(cases)) {
      const { request } = createClient(await serveBytes(answer));
      expect([answer, await request()]).toEqual([answer, outcome]);
    }
  });

  it('fails when nobody listens', async () => {
    const server = await startLoopback(() => {});
    await server.close();
    expect(await createClient(server.url).request()).toBe('failure');
  });
});
