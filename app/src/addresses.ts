/** Parses an address; undefined when it is none, or has another protocol than the given ones (without the colon). */
export function parseAddress(text: string, protocols: readonly string[]): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && url.hostname !== '' && protocols.includes(url.protocol.slice(0, -1))
    ? url
    : undefined;
}

/** The address without user, password and query: good for logs, errors and answers. */
export function withoutCredentials(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}

/** Any text that was meant as an address, as it came but without what may be secret: good for messages about bad input. */
export function maskCredentials(text: string): string {
  return text.replace(/\/\/.*@/, '//***@').replace(/\?.*/, '?***');
}

/** Host and port of an address, for sentences such as "cannot reach db:5432". */
export function hostOf(url: string, defaultPort: number): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port === '' ? defaultPort : port}`;
}

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
