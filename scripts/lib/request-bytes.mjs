/** The bytes of an HTTP/1.1 request whose parts are given; a body gets a content length. */
export function toBytes({ method, target, headers = {}, body }) {
  const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
  const lines = Object.entries({ Host: 'localhost', ...headers, ...length }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`);
}

/** The same with a body that is sent as JSON. */
export function toJsonBytes(method, target, value) {
  return toBytes({
    method,
    target,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(value),
  });
}
