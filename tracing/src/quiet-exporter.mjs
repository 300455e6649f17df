/**
 * An exporter that says once, and never again, that spans are lost. The queue in front of it is bounded (2048 spans),
 * so a collector that is gone or slow costs spans and nothing else.
 * @param {import('@opentelemetry/sdk-trace-node').SpanExporter} exporter
 * @param {(line: string) => void} warn
 * @returns {import('@opentelemetry/sdk-trace-node').SpanExporter}
 */
export function createQuietExporter(exporter, warn) {
  let hasWarned = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.error !== undefined && !hasWarned) {
          hasWarned = true;
          const reason = result.error.message || 'no answer';
          warn(
            `traces: the collector does not take the spans (${reason}); they are dropped, the service goes on.\n`,
          );
        }
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}
