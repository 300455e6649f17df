import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { realClock } from '../real-clock.ts';
import { toRequestError } from './request-error.ts';
import { bodyLimitBytes } from './response-body.ts';
import { loadScript, serve } from './script.fixture.ts';

/** What a script sees of a GET that fails. */
const show = `({ status, error, error_code, body, timings }) =>
  ({ status, error, error_code, body, duration: timings.duration })`;

function asking(url: string, params = '{}', settings = {}) {
  return loadScript(
    `import http from 'k6/http'; export function setup() { return (${show})(http.get('${url}', ${params})) }`,
    settings,
  );
}

/** An address where nothing listens. */
async function nowhere(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

const closing = () => serve((_, response) => response.socket?.end());
const resetting = () => serve((_, response) => response.socket?.resetAndDestroy());
const cutting = () =>
  serve((_, response) => {
    response.writeHead(200, { 'content-length': '10' });
    response.write('half', () => response.socket?.end());
  });
const endless = () =>
  serve((_, response) => {
    const chunk = Buffer.alloc(1024 * 1024);
    const write = () => response.write(chunk, (error) => error ?? write());
    write();
  });

it.each([
  ['nothing listens', nowhere, 1212, 'dial: connection refused'],
  ['the server hangs up', closing, 1000, 'EOF'],
  ['the connection is reset', resetting, 1220, 'read: connection reset by peer'],
  ['the answer breaks off', cutting, 1000, 'EOF'],
  ['the body has no end', endless, 1000, `the body is larger than ${bodyLimitBytes} bytes`],
  ['the address is none', async () => 'nothing', 1020, 'invalid URL: nothing'],
  ['the protocol is another', async () => 'ftp://localhost/', 1000, 'unsupported protocol ftp'],
])('answers with status 0 where %s', async (_, start, code, message) => {
  const url = await start();
  const script = asking(url);
  expect(await script.value('setup')).toMatchObject({
    status: 0,
    error_code: code,
    error: expect.stringContaining(message),
    body: null,
  });
  expect(script.logs).toEqual([expect.stringContaining(`warn Request Failed error="GET ${url}: ${message}`)]);
  if (!url.startsWith('http')) return;
  expect(script.valuesOf('http_req_failed')).toEqual([1]);
  expect(script.tagsOf('http_reqs')).toEqual([
    expect.objectContaining({
      status: '0',
      error_code: String(code),
      error: expect.stringContaining(message),
      expected_response: 'false',
    }),
  ]);
});

it('takes no time for a connection that is refused', async () => {
  expect(await asking(await nowhere()).value('setup')).toMatchObject({ duration: 0 });
});

it.each(["'1s'", "'1000ms'", '1000', "'0.5s500ms'"])(
  'ends a request after its timeout of %s',
  async (timeout) => {
    const pauses: number[] = [];
    let arrived = (): void => undefined;
    const isThere = new Promise<void>((resolve) => (arrived = resolve));
    const url = await serve(() => arrived());
    const script = asking(url, `{ timeout: ${timeout} }`, {
      clock: {
        ...realClock,
        pause: async (durationMs: number) => {
          pauses.push(durationMs);
          await isThere;
        },
      },
    });
    const answer = (await script.value('setup')) as { duration: number };
    expect(answer).toMatchObject({ status: 0, error_code: 1050, error: 'request timeout' });
    expect(answer.duration).toBeGreaterThan(0);
    expect(script.valuesOf('http_req_waiting')[0]).toBeGreaterThan(0);
    expect(pauses).toEqual([1000]);
  },
);

it('waits a minute where no timeout is set', async () => {
  const pauses: number[] = [];
  const script = asking(await serve((_, response) => response.end()), '{}', {
    clock: {
      ...realClock,
      pause: (durationMs: number, signal: AbortSignal) => {
        pauses.push(durationMs);
        return realClock.pause(durationMs, signal);
      },
    },
  });
  await script.value('setup');
  expect(pauses).toEqual([60_000]);
});

const refused = { outcome: 'threw', message: expect.stringContaining('dial: connection refused') };

it.each([
  [{}, '{ throw: true }', refused],
  [{ throw: true }, '{}', refused],
  [{ throw: true }, '{ throw: false }', { outcome: 'returned' }],
  [{}, '{}', { outcome: 'returned' }],
])('throws for a failed request if asked: options %j, params %s', async (options, params, expected) => {
  expect(await asking(await nowhere(), params, { options }).run('setup')).toMatchObject(expected);
});

it('throws for a timeout that is none', async () => {
  expect(await asking('http://localhost', "{ timeout: 'soon' }").run('setup')).toMatchObject({
    message: expect.stringContaining('"soon" is no duration'),
  });
});

it('unpacks what a server has packed', async () => {
  const url = await serve((_, response) =>
    response.setHeader('content-encoding', 'gzip').end(gzipSync('grün')),
  );
  expect(await asking(url).value('setup')).toMatchObject({ status: 200, body: 'grün' });
});

it.each([
  [{ code: 'ENOTFOUND' }, false, 1101],
  [{ code: 'EAI_AGAIN' }, false, 1100],
  [{ code: 'ETIMEDOUT', syscall: 'connect' }, false, 1211],
  [{ code: 'ETIMEDOUT', syscall: 'read' }, true, 1200],
  [{ code: 'EADDRNOTAVAIL', syscall: 'connect' }, false, 1213],
  [{ code: 'EHOSTUNREACH' }, false, 1210],
  [{ code: 'EPIPE' }, true, 1201],
  [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, true, 1310],
  [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, true, 1311],
  [{ code: 'ERR_SSL_WRONG_VERSION_NUMBER' }, true, 1300],
  [{}, true, 1000],
])('numbers %j as k6 does', (properties, isConnected, code) => {
  expect(toRequestError(Object.assign(new Error('words'), properties), isConnected).code).toBe(code);
});
