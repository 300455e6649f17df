/** What the tracing package leaves behind when it was loaded before the service (`node --import`). */
export interface Tracing {
  /** Sends the spans that are left. Ends within 1.5 s, also when nobody takes them, and never rejects. */
  flush(): Promise<void>;
}

const KEY = Symbol.for('backend-load-testing.tracing');
const HINT =
  'OTEL_EXPORTER_OTLP_ENDPOINT is set, but no traces are made, because the tracing package was not loaded: install ' +
  'that of the load lab with `npm --prefix <its folder tracing> ci` and start with ' +
  '`node --import <that folder>/register.mjs dist/main.js`.\n';

/**
 * The tracing of this process; one that does nothing if there is none. Says on stderr how to get traces when they are
 * wanted but not there: they cannot be switched on from here, since the web server would then have been loaded already.
 */
export function findTracing(
  environment: Readonly<Record<string, string | undefined>>,
  write: (line: string) => void,
): Tracing {
  const tracing = (globalThis as { readonly [KEY]?: Tracing })[KEY];
  if (tracing !== undefined) return tracing;
  if ((environment['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? '') !== '') write(HINT);
  return { flush: async () => {} };
}
