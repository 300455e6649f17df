import { get } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createTestService } from '../../test/test-service.ts';
import type { TestService } from '../../test/test-service.ts';

const started: TestService[] = [];

afterEach(async () => {
  for (const { app, board } of started.splice(0)) {
    board.clear();
    await app.close();
  }
});

/** A service on a port of its own, where every request fails in this way. */
const listen = async (failureKind: string) => {
  const service = await createTestService();
  started.push(service);
  service.board.set({ failureRatio: 1, failureKind, delayMs: 0, ttlMs: 60_000 });
  await service.app.listen({ host: '127.0.0.1', port: 0 });
  const address = service.app.server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const countedAs = async (status: number) =>
    (await service.app.inject('/metrics')).body.includes(
      `http_server_request_duration_seconds_count{http_request_method="GET",http_route="/slow",http_response_status_code="${status}"} 1`,
    );
  return { ...service, port, countedAs };
};

/** Asks over a connection of its own; resolves, when that is closed, to every byte that came and the error, if any. */
const ask = (port: number) =>
  new Promise<{ readonly text: string; readonly errorCode: string | undefined }>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    let errorCode: string | undefined;
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('error', (error: NodeJS.ErrnoException) => (errorCode = error.code));
    socket.on('close', () => resolve({ text, errorCode }));
    socket.write('GET /slow HTTP/1.1\r\nHost: downstream\r\n\r\n');
  });

test('a reset ends the connection with a TCP reset and no byte of an answer', async () => {
  const { port, countedAs } = await listen('reset');
  expect(await ask(port)).toEqual({ text: '', errorCode: 'ECONNRESET' });
  await expect.poll(() => countedAs(0)).toBe(true);
});

test('a truncated answer announces more than it sends, and then the connection is closed in order', async () => {
  const { port, countedAs } = await listen('truncated');
  const { text, errorCode } = await ask(port);
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const announcedBytes = Number(/^content-length: (\d+)$/im.exec(head)?.[1]);
  expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(body).toMatch(/^\{"endpoint":"slow"/);
  expect(announcedBytes - body.length).toBe(Math.ceil(announcedBytes / 2));
  expect(errorCode).toBeUndefined();
  await expect.poll(() => countedAs(200)).toBe(true);
});

test('an HTTP client takes a truncated answer for an aborted one', async () => {
  const { port } = await listen('truncated');
  const outcome = await new Promise((resolve) => {
    get({ port, host: '127.0.0.1', path: '/slow' }, (response) => {
      response.on('error', (error: NodeJS.ErrnoException) => resolve(error.code)).resume();
    });
  });
  expect(outcome).toBe('ECONNRESET');
});

test('a hanging request holds its connection without a byte, and is answered when the behaviour ends', async () => {
  const { app, board, port, clock, countedAs } = await listen('hang');
  const answer = fetch(`http://127.0.0.1:${port}/slow`);
  let isAnswered = false;
  void answer.finally(() => (isAnswered = true));
  await expect.poll(async () => (await app.inject('/metrics')).body).toMatch(/kind="hang"\} 1/);
  await clock.advance(59_999);
  expect([isAnswered, board.state().active]).toEqual([false, true]);
  await clock.advance(1);
  expect(await (await answer).json()).toMatchObject({ did: 'waited 0 ms', durationMs: 60_000 });
  await expect.poll(() => countedAs(200)).toBe(true);
});

test('a hanging request is over when its client leaves', async () => {
  const { app, port, countedAs } = await listen('hang');
  const request = get({ port, host: '127.0.0.1', path: '/slow' });
  request.on('error', () => undefined);
  await expect.poll(async () => (await app.inject('/metrics')).body).toMatch(/kind="hang"\} 1/);
  request.destroy();
  await expect.poll(() => countedAs(499)).toBe(true);
  await expect.poll(async () => (await app.inject('/metrics')).body).toMatch(/active_requests 1/);
});

test('a client that left before its reset or its half answer does the service no harm', async () => {
  for (const failureKind of ['reset', 'truncated']) {
    const { app, board, port, clock, countedAs, tally } = await listen(failureKind);
    board.set({
      failureRatio: 1,
      failureKind,
      delayMs: 1000,
      slots: 1,
      dropCancelled: false,
      ttlMs: 60_000,
    });
    const request = get({ port, host: '127.0.0.1', path: '/slow' });
    request.on('error', () => undefined);
    await expect.poll(() => board.state().slotsInUse).toBe(1);
    request.destroy();
    await expect.poll(() => countedAs(499)).toBe(true);
    await clock.advance(1000);
    expect([tally.wastedWork, board.state().slotsInUse]).toEqual([1, 0]);
    expect((await app.inject('/health')).statusCode).toBe(200);
  }
});
