import type { IncomingHttpHeaders } from 'node:http';

/** Of one connection, not of the message (RFC 9110, 7.6.1); `trailer` because trailers are not passed on. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** For the endpoint: names and values in turns. `expect` was answered by the relay itself. */
export function toEndpointHeaders(rawHeaders: readonly string[], connection: string | undefined): string[] {
  const named = toNames(connection);
  const headers: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = [rawHeaders[index], rawHeaders[index + 1]];
    const lowerCase = name.toLowerCase();
    if (hopByHop.has(lowerCase) || named.includes(lowerCase) || lowerCase === 'expect') continue;
    headers.push(name, value);
  }
  return headers;
}

/** For the client. */
export function toClientHeaders(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const named = toNames(headers.connection);
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !hopByHop.has(name) && !named.includes(name)) kept[name] = value;
  }
  return kept;
}

function toNames(connection: string | undefined): readonly string[] {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return [];
  return connection.split(',').map((name) => name.trim().toLowerCase());
}
