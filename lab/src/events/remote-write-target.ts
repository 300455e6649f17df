import { UsageError } from '../core/settings.ts';

export interface RemoteWriteTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

const defaultUrl = 'http://localhost:9090/api/v1/write';

/**
 * Where to write, and as whom: what the command line says, else k6's variables `K6_PROMETHEUS_RW_SERVER_URL`,
 * `_USERNAME`, `_PASSWORD`, `_BEARER_TOKEN` and `_HTTP_HEADERS` (`name:value,name:value`). A user in the address becomes
 * a header, so that it is never shown. Throws UsageError.
 */
export function toRemoteWriteTarget(
  argument: string,
  environment: Readonly<Record<string, string | undefined>>,
): RemoteWriteTarget {
  const read = (name: string): string => environment[`K6_PROMETHEUS_RW_${name}`] ?? '';
  const address = argument || read('SERVER_URL') || defaultUrl;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(
      `"${address.replace(/^.*@/, '…@')}" is no address to write to, such as ${defaultUrl}`,
    );
  const user = decodeURIComponent(url.username) || read('USERNAME');
  const password = decodeURIComponent(url.password) || read('PASSWORD');
  const headers = parseHeaders(read('HTTP_HEADERS'));
  if (user !== '')
    headers['authorization'] = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  if (read('BEARER_TOKEN') !== '') headers['authorization'] = `Bearer ${read('BEARER_TOKEN')}`;
  url.username = '';
  url.password = '';
  return { url: url.href, headers };
}

function parseHeaders(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const pair of text.split(',').filter(Boolean)) {
    const colon = pair.indexOf(':');
    // The value may be a secret, so it is not repeated.
    if (colon < 1) throw new UsageError('K6_PROMETHEUS_RW_HTTP_HEADERS: expected name:value,name:value');
    headers[pair.slice(0, colon).trim().toLowerCase()] = pair.slice(colon + 1).trim();
  }
  return headers;
}
