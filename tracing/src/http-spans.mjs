/** Asked all the time, by machines, about nothing that a trace could explain. */
const PROBES = new Set(['/health', '/livez', '/readyz', '/metrics']);

/** @param {{ url: string }} request its path, with or without a query */
export function isProbe({ url }) {
  const end = url.indexOf('?');
  return PROBES.has(end < 0 ? url : url.slice(0, end));
}

/**
 * `{method} {route}`, the name that the HTTP semantic conventions ask for, with the route spelled as in the metrics.
 * @param {import('@opentelemetry/api').Span} span
 * @param {{ method: string, url: string, routeOptions: { url?: string | undefined } }} request
 */
export function nameRequestSpan(span, { method, url, routeOptions }) {
  const route = routeOptions.url?.replaceAll(/:([A-Za-z]+)/g, '{$1}');
  const [path = '', query] = url.split('?', 2);
  span.updateName(route === undefined ? method : `${method} ${route}`);
  span.setAttribute('url.path', path);
  if (route !== undefined) span.setAttribute('http.route', route);
  if (query !== undefined) span.setAttribute('url.query', query);
}
