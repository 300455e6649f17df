import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBackend, until, type TestBackend } from './support/backend.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';

const MEGABYTES = 60;
/** Far more than one piece, far less than what the kernel's buffers leave of 60 MB. */
const MUCH_BYTES = 10_000_000;

let database: TestDatabase;
let backend: TestBackend;
const sockets = new Set<Socket>();

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  backend = await startBackend({ DATABASE_URL: database.url, DOWNSTREAM_SERVICE_URL: 'http://127.0.0.1:1' });
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await backend.stop();
});

const waitingBytes = async (): Promise<number> => (await backend.metric('lab_answer_waiting_bytes')) ?? -1;

function requests(status: number, method = 'GET'): Promise<number | undefined> {
  const labels = `http_request_method="${method}",http_route="/api/stream",http_response_status_code="${status}"`;
  return backend.metric(`http_server_request_duration_seconds_count{${labels}}`);
}

/** A client that sends a request and reads nothing of the answer until it is told to. */
function requestUnread(query: string, headers = ''): Socket {
  const { hostname, port } = new URL(backend.url);
  const socket = connect(Number(port), hostname);
  sockets.add(socket);
  socket.on('error', () => {});
  socket.pause();
  socket.write(`GET /api/stream?${query} HTTP/1.1\r\nHost: test\r\n${headers}\r\n`);
  return socket;
}

/** Reads what is left; resolves with how many bytes came, and whether the last chunk was among them. */
function readAll(socket: Socket): Promise<{ readonly bytes: number; readonly isWhole: boolean }> {
  return new Promise((resolve) => {
    let bytes = 0;
    let tail = '';
    const finish = (): void => resolve({ bytes, isWhole: tail === '0\r\n\r\n' });
    socket.on('data', (data) => {
      bytes += data.length;
      tail = (tail + data.subarray(-5).toString('latin1')).slice(-5);
      if (tail === '0\r\n\r\n') finish();
    });
    socket.on('close', finish);
    socket.resume();
  });
}

describe('GET /api/stream', () => {
  it.each(['off', 'on'])(
    'sends every byte to a client that reads, with backpressure %s',
    async (backpressure) => {
      const response = await fetch(`${backend.url}/api/stream?size_mb=5&backpressure=${backpressure}`);
      expect([response.status, response.headers.get('content-type')]).toEqual([
        200,
        'application/octet-stream',
      ]);
      const body = new Uint8Array(await response.arrayBuffer());
      expect(body.length).toBe(5_000_000);
      expect(body.subarray(131_066, 131_078)).toEqual(new Uint8Array([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]));
      await until(async () => (await requests(200)) === 1);
      expect(await waitingBytes()).toBe(0);
    },
  );

  it('answers HEAD without a body, and the connection serves the next request', async () => {
    const response = await fetch(`${backend.url}/api/stream?size_mb=5`, { method: 'HEAD' });
    expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, 0]);
    await until(async () => (await requests(200, 'HEAD')) === 1);
    expect((await fetch(`${backend.url}/livez`)).status).toBe(200);
  });

  it('without backpressure keeps what a slow client does not read, and answers others meanwhile', async () => {
    const socket = requestUnread(`size_mb=${MEGABYTES}`);
    await until(async () => (await waitingBytes()) > MUCH_BYTES);
    const startedMs = performance.now();
    expect((await fetch(`${backend.url}/livez`)).status).toBe(200);
    expect(performance.now() - startedMs).toBeLessThan(500);
    const { bytes, isWhole } = await readAll(socket);
    expect(isWhole).toBe(true);
    expect(bytes).toBeGreaterThan(MEGABYTES * 1_000_000);
    await until(async () => (await requests(200)) === 1);
  });

  it('counts an answer that ends its connection like any other', async () => {
    expect(await readAll(requestUnread('size_mb=1', 'Connection: close\r\n'))).toMatchObject({
      isWhole: true,
    });
    await until(async () => (await requests(200)) === 1);
  });

  it('with backpressure keeps little, and sends the rest when the client reads', async () => {
    const socket = requestUnread(`size_mb=${MEGABYTES}&backpressure=on`);
    await until(async () => (await waitingBytes()) > 0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await waitingBytes()).toBeLessThan(200_000);
    const { bytes, isWhole } = await readAll(socket);
    expect(isWhole).toBe(true);
    expect(bytes).toBeGreaterThan(MEGABYTES * 1_000_000);
  });

  it.each(['off', 'on'])('ends when its client leaves, with backpressure %s', async (backpressure) => {
    const socket = requestUnread(`size_mb=${MEGABYTES}&backpressure=${backpressure}`);
    await until(async () => (await waitingBytes()) > 0);
    socket.destroy();
    await until(async () => (await requests(499)) === 1);
    expect(await waitingBytes()).toBe(0);
    expect(await backend.metric('http_server_active_requests')).toBe(1);
  });

  it('is refused whole, as problem details, when its parameters are not legal', async () => {
    const response = await fetch(`${backend.url}/api/stream?size_mb=0&backpressure=maybe`);
    expect(response.status).toBe(422);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({
      errors: [{ field: 'size_mb' }, { field: 'backpressure', legal: 'off | on' }],
    });
  });
});

describe('a client that leaves when all was written and not all was read', () => {
  it('is counted as one that left', async () => {
    const socket = requestUnread(`size_mb=${MEGABYTES}`);
    let before = -1;
    await until(async () => {
      const now = await waitingBytes();
      const isStill = now > MUCH_BYTES && now === before;
      before = now;
      return isStill;
    });
    socket.destroy();
    await until(async () => (await requests(499)) === 1);
    expect(await requests(200)).toBeUndefined();
    expect(await waitingBytes()).toBe(0);
  });
});

describe('a streamed answer behind protections', () => {
  it.each(['off', 'on'])(
    'is broken off by request-deadline while its client does not read, with backpressure %s',
    async (backpressure) => {
      await backend.switch('request-deadline', { enabled: true, settings: { deadlineMs: 400 } });
      const socket = requestUnread(`size_mb=${MEGABYTES}&backpressure=${backpressure}`);
      await until(async () => (await waitingBytes()) > 0);
      await until(async () => (await requests(504)) === 1);
      expect(await waitingBytes()).toBe(0);
      const { bytes, isWhole } = await readAll(socket);
      expect(isWhole).toBe(false);
      expect(bytes).toBeLessThan(MEGABYTES * 1_000_000);
    },
  );

  it('holds its place of concurrency-limit until the client has read it', async () => {
    await backend.switch('concurrency-limit', { enabled: true, settings: { limit: 1, queueLimit: 0 } });
    const socket = requestUnread(`size_mb=${MEGABYTES}`);
    await until(async () => (await waitingBytes()) > MUCH_BYTES);
    const rejected = await fetch(`${backend.url}/api/stream?size_mb=1`);
    expect([rejected.status, await rejected.json()]).toMatchObject([503, { code: 'CONCURRENCY_LIMITED' }]);
    await readAll(socket);
    await until(async () => (await requests(200)) === 1);
    const response = await fetch(`${backend.url}/api/stream?size_mb=1`);
    expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, 1_000_000]);
  });
});
