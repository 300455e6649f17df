import { subscribe } from 'node:diagnostics_channel';
import { context, trace } from '@opentelemetry/api';

/**
 * Spans `pool wait`: from asking for a database connection to having one, or to giving up. The backend publishes both
 * moments (app/src/telemetry/pool-wait.ts); the same object `wait` comes with both.
 * @param {import('@opentelemetry/api').Tracer} tracer
 */
export function recordPoolWaits(tracer) {
  /** @type {WeakMap<object, import('@opentelemetry/api').Span>} */
  const spans = new WeakMap();

  subscribe('backend-load-testing:pool-wait:start', (message) => {
    // Of background work there is no trace to put it into.
    if (trace.getSpan(context.active())?.isRecording() !== true) return;
    const wait = /** @type {{ route: string }} */ (message);
    spans.set(wait, tracer.startSpan('pool wait', { attributes: { 'http.route': wait.route } }));
  });
  subscribe('backend-load-testing:pool-wait:end', (message) => {
    const { wait, outcome } = /** @type {{ wait: object, outcome: string }} */ (message);
    const span = spans.get(wait);
    span?.setAttribute('lab.wait.outcome', outcome);
    span?.end();
    spans.delete(wait);
  });
}
