import { expect, it } from 'vitest';
import { loadScript, type LoadedScript, type ScriptSettings, serve } from './script.fixture.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A server that answers with what it was asked. */
function echo(): Promise<string> {
  return serve((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { method, url, headers } = request;
      response.writeHead(200, { 'content-type': 'application/json', 'x-one': ['a', 'b'] });
      response.end(JSON.stringify({ method, url, headers, body }));
    });
  });
}

async function script(body: string, settings?: ScriptSettings): Promise<LoadedScript> {
  return loadScript(
    `import http from 'k6/http'; const url = '${await echo()}'; export function setup() { ${body} }`,
    settings,
  );
}

it.each([
  ["http.get(url + '/a')", { method: 'GET', url: '/a', body: '' }],
  ["http.head(url + '/a')", null],
  ["http.post(url + '/a', 'text')", { method: 'POST', url: '/a', body: 'text' }],
  ["http.put(url + '/a', JSON.stringify({ a: 1 }))", { method: 'PUT', body: '{"a":1}' }],
  ["http.patch(url, 'x')", { method: 'PATCH', body: 'x' }],
  ['http.del(url)', { method: 'DELETE', body: '' }],
  ["http.del(url, 'x')", { method: 'DELETE', body: 'x' }],
  ['http.options(url)', { method: 'OPTIONS', body: '' }],
  ["http.request('get', url + '/a?b=c')", { method: 'GET', url: '/a?b=c' }],
  ["http.request('POST', url, 'x')", { method: 'POST', body: 'x' }],
  ['http.get(http.url`${url}/items/${5}`)', { url: '/items/5' }],
  ["http.post(url, { a: 1, b: 'x y', c: [1, 2] })", { body: 'a=1&b=x+y&c=1&c=2' }],
  ['http.post(url, null)', { body: '' }],
])('sends %s', async (call, expected) => {
  const loaded = await script(
    `const { status, body } = ${call}; return [status, body === '' ? null : JSON.parse(body)];`,
  );
  expect(await loaded.value('setup')).toMatchObject([200, expected]);
});

it.each([
  ['http.post(url, { a: 1 })', 'content-type', 'application/x-www-form-urlencoded'],
  ["http.post(url, { a: 1 }, { headers: { 'content-type': 'own' } })", 'content-type', 'own'],
  ['http.get(url)', 'user-agent', 'backend-load-testing-lab'],
  ["http.get(url, { headers: { 'User-Agent': 'own' } })", 'user-agent', 'own'],
  ["http.get(url, { headers: { 'X-Number': 5 } })", 'x-number', '5'],
  ["http.get(url, { headers: { Host: 'other.test' } })", 'host', 'other.test'],
])('sends with %s the header %s: %s', async (call, name, value) => {
  const seen = (await (await script(`return ${call}.json()`)).value('setup')) as Seen;
  expect(seen.headers[name]).toBe(value);
});

it('shows the whole answer', async () => {
  const loaded =
    await script(`const { timings, headers, ...rest } = http.post(url, 'x', { headers: { 'x-own': 'y' } });
    return { ...rest, names: Object.keys(headers), one: headers['X-One'], type: headers['Content-Type'], timings }`);
  const { timings, ...answer } = (await loaded.value('setup')) as { timings: Record<string, number> };
  expect(answer).toMatchObject({
    status: 200,
    status_text: '200 OK',
    proto: 'HTTP/1.1',
    error: '',
    error_code: 0,
    cookies: {},
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    names: expect.arrayContaining(['Content-Type', 'X-One', 'Date']),
    one: 'a, b',
    type: 'application/json',
    remote_ip: '127.0.0.1',
    request: {
      method: 'POST',
      body: 'x',
      headers: { 'X-Own': ['y'], 'User-Agent': ['backend-load-testing-lab'] },
    },
  });
  const { blocked = -1, connecting = -1, sending = -1, waiting = -1, receiving = -1, duration } = timings;
  for (const value of [blocked, connecting, sending, waiting, receiving])
    expect(value).toBeGreaterThanOrEqual(0);
  expect(timings).toMatchObject({ tls_handshaking: 0 });
  expect(duration).toBeCloseTo(sending + waiting + receiving, 6);
});

it.each([
  ['json()', expect.objectContaining({ method: 'GET' })],
  ["json('method')", 'GET'],
  ["json('headers.connection')", 'keep-alive'],
  ["json('nothing.here') ?? 'none'", 'none'],
])('reads the body by %s', async (call, expected) => {
  expect(await (await script(`return http.get(url).${call}`)).value('setup')).toEqual(expected);
});

it('reads elements of arrays by their index', async () => {
  const url = await serve((_, response) => response.end('{"items":[{"id":1},{"id":2}]}'));
  const loaded = loadScript(
    `import { get } from 'k6/http'; export function setup() { return get('${url}').json('items.1.id') }`,
  );
  expect(await loaded.value('setup')).toBe(2);
});

it('throws for a body that is no JSON', async () => {
  const url = await serve((_, response) => response.end('<html>'));
  const loaded = loadScript(`import http from 'k6/http'; export default () => http.get('${url}').json()`);
  expect(await loaded.run()).toMatchObject({
    outcome: 'threw',
    message: expect.stringContaining('SyntaxError'),
  });
});

it.each([
  [
    'batch of an array',
    "[url + '/0', ['POST', url + '/1', 'x'], { method: 'PUT', url: url + '/2', body: 'y' }]",
    ['GET /0 ', 'POST /1 x', 'PUT /2 y'],
  ],
  ['batch of an object', "{ a: url + '/0', b: http.url`${url}/1` }", { a: 'GET /0 ', b: 'GET /1 ' }],
])('sends a %s', async (_, requests, expected) => {
  const loaded = await script(`const responses = http.batch(${requests});
    const show = (response) => { const { method, url, body } = response.json(); return method + ' ' + url + ' ' + body };
    return Array.isArray(responses) ? responses.map(show)
      : Object.fromEntries(Object.entries(responses).map(([name, response]) => [name, show(response)]));`);
  expect(await loaded.value('setup')).toEqual(expected);
});

it.each([
  [{}, '{}', 'string'],
  [{}, "{ responseType: 'none' }", 'null'],
  [{ discardResponseBodies: true }, '{}', 'null'],
  [{ discardResponseBodies: true }, "{ responseType: 'text' }", 'string'],
])('keeps bodies as asked: options %j, params %s', async (http, params, expected) => {
  const loaded = await script(
    `const { body } = http.get(url, ${params}); return body === null ? 'null' : typeof body`,
    {
      http,
    },
  );
  expect(await loaded.value('setup')).toBe(expected);
});

it.each([
  ["{ auth: 'basic' }", 'auth of Params'],
  ['{ jar: {} }', 'jar of Params'],
  ['{ cookies: { a: 1 } }', 'cookies of Params'],
  ["{ compression: 'gzip' }", 'compression of Params'],
  ["{ responseType: 'binary' }", 'responseType binary of Params'],
])('names params that it lacks: %s', async (params, api) => {
  const loaded = await script(`try { http.get(url, ${params}) } catch {}`);
  await expect(loaded.run('setup')).rejects.toThrow(`${api} is outside of what this runner knows`);
});

it.each([
  ['http.get(url).html()', 'html of Response'],
  ["http.get(url).json('a.#.b')", 'the path a.#.b of Response.json()'],
  ['http.post(url, new ArrayBuffer(2))', 'a binary request body'],
  ['http.asyncRequest("GET", url)', 'asyncRequest of k6/http'],
])('names what it lacks: %s', async (code, api) => {
  const loaded = await script(code);
  await expect(loaded.run('setup')).rejects.toThrow(
    new RegExp(`^${RegExp(api.replace(/[.#()[\]]/g, '\\$&')).source}.*script\\.js:1:`),
  );
});

it('names asynchronous functions', async () => {
  const loaded = loadScript('\nexport default async function () {}');
  await expect(loaded.run()).rejects.toThrow(/^the async function default\(\) is outside.*script/);
  await expect(loadScript('\nexport default function () { import("k6") }').run()).rejects.toThrow(
    /^asynchronous code is outside .*script\.js:2/,
  );
});

it('says once that it keeps no cookies', async () => {
  const url = await serve((_, response) => response.setHeader('set-cookie', 'a=b').end());
  const loaded = loadScript(
    `import http from 'k6/http'; export default () => { http.get('${url}'); http.get('${url}') }`,
  );
  await loaded.run();
  expect(loaded.logs).toEqual([expect.stringContaining('warn a server sets cookies')]);
});
