import type { Route } from '../../core/plan.ts';

/**
 * Makes the HTTP/1.1 messages of a route, as Latin-1 text. Each carries its place in the plan's schedule
 * (`Lab-Request`), so that a server's own log can be compared with the plan.
 */
export function createRequestWriter(route: Route, host: string): (index: number) => string {
  if (/[\s\u0080-\uffff]/.test(route.path)) {
    throw new RangeError(`route ${route.key}: the path must be percent-encoded: ${route.path}`);
  }
  const fields = [`Host: ${host}`, 'User-Agent: backend-load-testing-lab', 'Accept: */*'];
  let body = '';
  if (route.body !== undefined) {
    const bytes = Buffer.from(route.body, 'utf8');
    fields.push('Content-Type: application/json', `Content-Length: ${bytes.length}`);
    body = bytes.toString('latin1');
  } else if (route.method !== 'GET') {
    fields.push('Content-Length: 0');
  }
  const head = `${route.method} ${route.path} HTTP/1.1\r\n${fields.join('\r\n')}\r\nLab-Request: `;
  const end = `\r\n\r\n${body}`;
  return (index) => head + index + end;
}
