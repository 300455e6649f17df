import { addressOf } from './first-hop.ts';
import type { Hop, HopRequest } from './http-hop.ts';

/** The request that an answer sends the client on to; null where it does not. */
export function redirectOf({ request, status, rawHeaders, error }: Hop): HopRequest | null {
  if (error !== null || ![301, 302, 303, 307, 308].includes(status)) return null;
  const location = headerOf(rawHeaders, 'location');
  if (location === undefined || !URL.canParse(location, request.url.href)) return null;
  const url = new URL(location, request.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  const headers = url.host === request.url.host ? request.headers : without(request.headers, secrets);
  if (status === 307 || status === 308) return { ...request, url, address: addressOf(url), headers };
  const method = request.method === 'HEAD' ? 'HEAD' : 'GET';
  return {
    ...request,
    url,
    address: addressOf(url),
    method,
    headers: without(headers, aboutBody),
    body: undefined,
  };
}

/** Headers that another host is not to see. */
const secrets: ReadonlySet<string> = new Set(['authorization', 'cookie', 'www-authenticate']);
const aboutBody: ReadonlySet<string> = new Set(['content-type', 'content-length', 'content-encoding']);

function without(
  headers: Readonly<Record<string, string>>,
  names: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.has(name.toLowerCase())));
}

function headerOf(raw: readonly string[], wanted: string): string | undefined {
  const index = raw.findIndex((name, position) => position % 2 === 0 && name.toLowerCase() === wanted);
  return index < 0 ? undefined : raw[index + 1];
}
