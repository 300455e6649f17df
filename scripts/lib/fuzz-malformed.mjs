import { toBytes } from './request-bytes.mjs';

/**
 * A request that is no HTTP, is cut off, is slow, is too large, or says something else than it sends. `ending` is what the
 * client does after the last step: `wait` for answers, `half-close`, `destroy` at once, or `destroy-at-data`.
 */
export function toMalformed(tools) {
  const [kind, make] = tools.values.pick(Object.entries(kinds));
  const plan = make(tools);
  return {
    kind: `malformed: ${kind}`,
    path: plan.path ?? '',
    method: plan.method ?? '',
    isMalformed: true,
    verdict: 'any',
    answers: 0,
    ending: 'half-close',
    ...plan,
  };
}

const kinds = {
  'random bytes': ({ random, values }) => one(randomBytes(random, values.between(1, 3000))),
  'random bytes after a request line': ({ random, values }) =>
    one(
      Buffer.concat([
        Buffer.from('GET /api/tasks HTTP/1.1\r\n'),
        randomBytes(random, values.between(1, 500)),
      ]),
    ),
  'a flipped byte': ({ random, values, wellFormed }) => {
    const bytes = toBytes(wellFormed());
    bytes[Math.floor(random() * Math.min(bytes.length, 200))] = values.between(0, 255);
    return one(bytes);
  },
  'one huge header': ({ values }) =>
    one(text('GET /health', { Host: 'fuzz', X: 'x'.repeat(values.between(16_400, 80_000)) })),
  'many headers': ({ values }) =>
    one(`GET /health HTTP/1.1\r\nHost: fuzz\r\n${'X-Many: 1\r\n'.repeat(values.between(1500, 5000))}\r\n`),
  'a huge address': ({ values }) => one(text(`GET /${'a'.repeat(values.between(16_400, 60_000))}`)),
  'broken JSON': ({ values, operations }) => answered(withBody(operations, values, values.pick(brokenJson))),
  'a wrong content type': ({ values, operations }) =>
    answered(withBody(operations, values, '{"title":"x"}', { 'Content-Type': values.pick(contentTypes) })),
  'a body that is too large': ({ values, operations }) =>
    one(
      toBytes(
        withBody(operations, values, JSON.stringify({ title: 'x'.repeat(values.between(70_000, 200_000)) })),
      ),
    ),
  'deep JSON': ({ values, operations }) => {
    const depth = values.between(100, 20_000);
    return answered(withBody(operations, values, `${'['.repeat(depth)}${']'.repeat(depth)}`));
  },
  'a content length that is too long': ({ values, operations }) =>
    lengthened(withBody(operations, values, '{"title":"x"}'), (length) => length + values.between(1, 100)),
  'a content length that is too short': ({ values, operations }) =>
    lengthened(withBody(operations, values, '{"title":"x"}'), (length) => length - values.between(1, 5)),
  'a content length that is no length': ({ values, operations }) =>
    lengthened(withBody(operations, values, '{"title":"x"}'), () =>
      values.pick(['-1', 'abc', '', '1e3', '99999999999999999999', '5, 6']),
    ),
  'two framings': ({ values }) =>
    one(
      `${text('POST /api/tasks', { Host: 'fuzz', ...json, 'Content-Length': 5, 'Transfer-Encoding': values.pick(['chunked', 'chunked, chunked', 'identity', 'xchunked']) })}0\r\n\r\n`,
    ),
  'chunked garbage': ({ values }) =>
    one(
      `${text('POST /api/tasks', { Host: 'fuzz', ...json, 'Transfer-Encoding': 'chunked' })}${values.pick(chunkGarbage)}`,
    ),
  'a slow body': ({ values, operations }) =>
    slow(values, withBody(operations, values, '{"title":"slow"}'), 'body'),
  'a slow head': ({ values, wellFormed }) => slow(values, wellFormed(), 'head'),
  'left in the middle of the request': ({ random, wellFormed }) => {
    const bytes = toBytes(wellFormed());
    return { ...one(bytes.subarray(0, Math.floor(random() * bytes.length))), ending: 'destroy' };
  },
  'left before the answer': ({ values, wellFormed }) => ({
    steps: [{ bytes: toBytes(wellFormed()) }, { bytes: Buffer.alloc(0), pauseMs: values.between(0, 15) }],
    ending: 'destroy',
  }),
  'half closed before the answer': ({ wellFormed }) => {
    const request = wellFormed();
    return { ...one(toBytes(request)), path: request.target, method: request.method };
  },
  'left in the middle of the answer': ({ wellFormed }) => ({
    ...one(toBytes(wellFormed())),
    ending: 'destroy-at-data',
  }),
  'a slow reader': ({ values, wellFormed }) => {
    const request = wellFormed();
    const { target: path, method } = request;
    return {
      ...one(toBytes(request)),
      path,
      method,
      ending: 'wait',
      answers: 1,
      readAfterMs: values.between(50, 500),
    };
  },
  'pipelined requests': ({ values, wellFormed, operations }) => {
    const count = values.between(2, 10);
    const reads = operations.filter(({ method }) => method === 'GET');
    const requests = Array.from({ length: count }, () => ({
      ...wellFormed(reads),
      method: 'GET',
      headers: {},
    }));
    return { steps: [{ bytes: Buffer.concat(requests.map(toBytes)) }], ending: 'wait', answers: count };
  },
  'other protocols': ({ values }) => one(values.pick(otherProtocols)),
};

const json = { 'Content-Type': 'application/json' };
const brokenJson = [
  '{',
  '{"title":',
  '{"title":"x"',
  '{title:"x"}',
  '',
  'undefined',
  '{"a":1}}',
  '\ufeff{}',
  '{"__proto__":{"a":1}}',
  '{"constructor":{"prototype":{"a":1}}}',
  '"\\ud800"',
  '{"title":"\u0000"}',
  '[1,2',
  'NaN',
  '{"title":1e999}',
];
const contentTypes = [
  'text/plain',
  'application/xml',
  'application/json; charset=utf-16',
  'multipart/form-data; boundary=x',
  'application/jsonx',
  '',
  ';',
  'application/x-www-form-urlencoded',
  'application/json, text/plain',
];
const chunkGarbage = [
  'zz\r\nabc\r\n0\r\n\r\n',
  '5\r\nab',
  'ffffffffffffffff\r\n',
  '-1\r\n\r\n',
  '2;ext=1\r\n{}\r\n0\r\nTrailer: x\r\n\r\n',
  '2\r\n{}0\r\n\r\n',
  '0\r\n\r\n',
  '1\r\n{\r\n1\r\n}\r\n0\r\n\r\n',
  '5\n{"a":\n0\n\n',
];
const otherProtocols = [
  'GET / HTTP/1.0\r\n\r\n',
  'GET / HTTP/1.1\r\n\r\n',
  'GET / HTTP/9.9\r\nHost: fuzz\r\n\r\n',
  'GET /\r\n',
  'get / HTTP/1.1\r\nHost: fuzz\r\n\r\n',
  'GET / HTTP/1.1\nHost: fuzz\n\n',
  'GET  /  HTTP/1.1\r\nHost: fuzz\r\n\r\n',
  'GET http://elsewhere/api/tasks HTTP/1.1\r\nHost: fuzz\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: fuzz\r\n\r\n',
  'GET * HTTP/1.1\r\nHost: fuzz\r\n\r\n',
  'CONNECT localhost:5432 HTTP/1.1\r\nHost: fuzz\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: fuzz\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: fuzz\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: fuzz\r\nHost: other\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: fuzz\r\n folded: x\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: fuzz\r\nBad Name: x\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: fuzz\r\nX: \u0000\r\n\r\n',
  'POST /api/tasks HTTP/1.1\r\nHost: fuzz\r\nExpect: something\r\nContent-Length: 2\r\n\r\n{}',
  'GET /api/tasks?\u00e9\u6f22 HTTP/1.1\r\nHost: fuzz\r\n\r\n',
  '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
  '\r\n\r\n\r\n',
];

function one(bytes) {
  return { steps: [{ bytes: Buffer.from(bytes) }] };
}

/** It is HTTP, so it must be answered. */
function answered(request) {
  return {
    ...one(toBytes(request)),
    path: request.target,
    method: request.method,
    ending: 'wait',
    answers: 1,
  };
}

function text(line, headers = { Host: 'fuzz' }) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** To an operation that takes a body. */
function withBody(operations, values, body, headers = json) {
  const { method, path } = values.pick(operations.filter((operation) => operation.body !== undefined));
  return { method, target: path.replaceAll(/\{[^}]+\}/g, '1'), headers, body };
}

function lengthened({ method, target, headers, body }, change) {
  return one(
    text(`${method} ${target}`, { Host: 'fuzz', ...headers, 'Content-Length': change(body.length) }) + body,
  );
}

/** A few bytes now and then, for less than a second and a half. */
function slow(values, request, part) {
  const bytes = toBytes(request);
  const start = part === 'body' ? bytes.indexOf('\r\n\r\n') + 4 : 0;
  const pieces = values.between(2, 25);
  const size = Math.max(1, Math.ceil((bytes.length - start) / pieces));
  const steps = [{ bytes: bytes.subarray(0, start) }];
  for (let from = start; from < bytes.length; from += size) {
    steps.push({ bytes: bytes.subarray(from, from + size), pauseMs: values.between(1, 50) });
  }
  const ending = values.pick(['wait', 'half-close', 'destroy']);
  return { steps, path: request.target, method: request.method, ending, answers: ending === 'wait' ? 1 : 0 };
}

function randomBytes(random, length) {
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
}
