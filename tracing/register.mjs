// `node --import <here>/register.mjs <service>/dist/main.js`: traces for the backend and the downstream service.
// Loads nothing of OpenTelemetry unless OTEL_EXPORTER_OTLP_ENDPOINT is set, so that an image can always be started
// with it and the variable alone is the switch. In other programs (the lab, npm) and in worker threads it does nothing,
// so that NODE_OPTIONS may carry it too.
import process from 'node:process';
import { isMainThread } from 'node:worker_threads';
import { findService } from './src/service.mjs';

const isWanted = (process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? '') !== '';
const isAllowed = process.env.OTEL_SDK_DISABLED?.toLowerCase() !== 'true';

if (isMainThread && isWanted) {
  const service = findService(process.argv[1]);
  if (service !== undefined) {
    const tracing = isAllowed
      ? (await import('./src/start.mjs')).startTracing(service)
      : { flush: async () => {} };
    // Where the service looks: it knows by it that it is traced, and flushes before it ends.
    Reflect.set(globalThis, Symbol.for('backend-load-testing.tracing'), tracing);
  }
}
