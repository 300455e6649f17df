import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { probeOverHttp } from './http-probe.ts';

const never = new AbortController().signal;
const server = createServer((request, response) => {
  if (request.url === '/silent') return;
  response.statusCode = Number(request.url?.slice(1));
  response.end('x');
});
let url = '';

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

it.each([
  [200, true],
  [204, true],
  [302, true],
  [399, true],
  [400, false],
  [404, false],
  [503, false],
])('status %i: %s', async (status, succeeds) => {
  await expect(probeOverHttp(`${url}/${status}`, 5000, never)).resolves.toBe(succeeds);
});

it('fails when the answer does not come in time', async () => {
  await expect(probeOverHttp(`${url}/silent`, 20, never)).resolves.toBe(false);
});

it('fails when nobody listens', async () => {
  await expect(probeOverHttp('http://127.0.0.1:1/200', 5000, never)).resolves.toBe(false);
});

it('ends with its signal', async () => {
  const end = new AbortController();
  const probe = probeOverHttp(`${url}/silent`, 60_000, end.signal);
  end.abort();
  await expect(probe).resolves.toBe(false);
});
