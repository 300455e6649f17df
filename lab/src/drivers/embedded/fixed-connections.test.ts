import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { startBare, startLoopback } from '../loopback.contract.ts';
import { FixedConnections } from './fixed-connections.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A server that answers `/name` when the test says so, and notes from which connection (by its order) it came. */
async function serveOnDemand(headers: Readonly<Record<string, string>> = {}) {
  const asked: string[] = [];
  const carriers: number[] = [];
  const open = new Map<string, ServerResponse>();
  const ports: (number | undefined)[] = [];
  const server = await startLoopback((request, response) => {
    const name = request.url?.slice(1) ?? '';
    const port = request.socket.remotePort;
    if (!ports.includes(port)) ports.push(port);
    asked.push(name);
    carriers.push(ports.indexOf(port));
    open.set(name, response);
  });
  closing.push(() => server.close());
  const responseTo = async (name: string) => {
    await expect.poll(() => open.get(name)).toBeDefined();
    return open.get(name) as ServerResponse;
  };
  return {
    server,
    asked,
    carriers,
    answer: async (name: string) => (await responseTo(name)).writeHead(200, headers).end(name),
    cut: async (name: string) => (await responseTo(name)).socket?.resetAndDestroy(),
  };
}

function createClient(url: string, count: number) {
  const { hostname, port } = new URL(url);
  const client = new FixedConnections({ host: hostname, port: Number(port), nowMs: () => 0 }, count);
  closing.push(() => client.close());
  const heard: string[] = [];
  const send = (name: string) =>
    client.send(`GET /${name} HTTP/1.1\r\nHost: x\r\n\r\n`, {
      onAnswer: (status) => heard.push(`${name} ${status}`),
      onFailure: () => heard.push(`${name} failed`),
    });
  return { client, heard, send };
}

describe('FixedConnections', () => {
  it('opens all its connections at once, without a request', async () => {
    const { server } = await serveOnDemand();
    createClient(server.url, 4);
    await expect.poll(() => server.connections.opened).toBe(4);
  });

  it('spreads requests over all of them', async () => {
    const { server, carriers, answer } = await serveOnDemand();
    const { send, heard } = createClient(server.url, 3);
    for (const [index, name] of ['a', 'b', 'c', 'd', 'e', 'f'].entries()) {
      send(name);
      await answer(name);
      await expect.poll(() => heard.length).toBe(index + 1);
    }
    expect(carriers).toEqual([0, 1, 2, 0, 1, 2]);
  });

  it('serves first who came first', async () => {
    const { server, asked, answer } = await serveOnDemand();
    const { send, heard } = createClient(server.url, 1);
    const names = ['a', 'b', 'c', 'd'];
    for (const name of names) send(name);
    for (const name of names) await answer(name);
    await expect.poll(() => heard).toEqual(['a 200', 'b 200', 'c 200', 'd 200']);
    expect(asked).toEqual(names);
    expect(server.connections.opened).toBe(1);
  });

  it('does not send what was given up while it waited', async () => {
    const { server, asked, answer } = await serveOnDemand();
    const { send, heard } = createClient(server.url, 1);
    send('a');
    const waiting = send('b');
    send('c');
    waiting.leave();
    await answer('a');
    await answer('c');
    await expect.poll(() => heard).toEqual(['a 200', 'c 200']);
    expect(asked).toEqual(['a', 'c']);
  });

  it('awaits the answer to what was given up, without a word, before it uses the connection again', async () => {
    const { server, asked, answer } = await serveOnDemand();
    const { send, heard } = createClient(server.url, 1);
    const slow = send('slow');
    send('next');
    await expect.poll(() => asked).toEqual(['slow']);
    slow.leave();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked).toEqual(['slow']);
    await answer('slow');
    await answer('next');
    await expect.poll(() => heard).toEqual(['next 200']);
    expect(server.connections).toMatchObject({ opened: 1, left: 0 });
  });

  it('opens a connection again when a request needs it, after `Connection: close` or a cut', async () => {
    const { server, answer, cut } = await serveOnDemand({ Connection: 'close' });
    const { send, heard } = createClient(server.url, 1);
    for (const name of ['a', 'b', 'c']) send(name);
    await answer('a');
    await cut('b');
    await answer('c');
    await expect.poll(() => heard).toEqual(['a 200', 'b failed', 'c 200']);
    expect(server.connections.opened).toBe(3);
  });

  it('uses no idle connection that the server has closed', async () => {
    let opened = 0;
    const server = await startBare((socket) => {
      opened += 1;
      if (opened <= 2) socket.end();
      else socket.on('data', () => socket.write('HTTP/1.1 204 No Content\r\n\r\n')).resume();
    });
    closing.push(() => server.close());
    const { send, heard } = createClient(server.url, 2);
    await expect.poll(() => opened).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    send('a');
    await expect.poll(() => heard).toEqual(['a 204']);
    expect(opened).toBe(3);
  });

  it('fails each request once when nobody listens, those that waited too', async () => {
    const server = await startLoopback(() => {});
    await server.close();
    const { send, heard } = createClient(server.url, 2);
    for (const name of ['a', 'b', 'c', 'd', 'e']) send(name);
    await expect.poll(() => heard.length).toBe(5);
    expect(heard.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e'].map((name) => `${name} failed`));
  });

  it('drops every connection when it is closed, and sends nothing more', async () => {
    const { server, asked } = await serveOnDemand();
    const { client, send, heard } = createClient(server.url, 1);
    send('a');
    send('b');
    await expect.poll(() => asked).toEqual(['a']);
    client.close();
    await expect.poll(() => server.connections.left).toBe(1);
    expect(asked).toEqual(['a']);
    expect(heard).toEqual([]);
    expect(server.connections.opened).toBe(1);
  });
});
