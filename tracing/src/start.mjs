import { hostname } from 'node:os';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import otel from '@fastify/otel';
import { isProbe, nameRequestSpan } from './http-spans.mjs';
import { createLoopWatch, recordLoopWait } from './loop-wait.mjs';
import { recordPoolWaits } from './pool-wait.mjs';
import { nameQuerySpan } from './query-spans.mjs';
import { createQuietExporter } from './quiet-exporter.mjs';
import { recordSocketWaits } from './socket-wait.mjs';

/** What is left of the spans is given up after this time, so that a dead collector cannot hold a stop for longer. */
const FLUSH_LIMIT_MS = 1500;

/**
 * Makes the tracer of this process (sampler, queue and address by the standard OTEL_ variables) and starts to listen.
 *
 * No loader hook is used. undici and Fastify publish on diagnostics channels; pg and ioredis are CommonJS, so loading
 * them once here lets their prototypes be patched, whoever imports them later and how.
 * @param {import('./service.mjs').Service} service
 * @returns {{ flush(): Promise<void> }} `flush` sends the rest within 1.5 s and never rejects
 */
export function startTracing(service) {
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(
        resourceFromAttributes({
          'service.name': service.name,
          'service.version': service.version,
          'service.instance.id': process.env.REPLICA_NAME || hostname(),
        }),
      )
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [
      new BatchSpanProcessor(
        createQuietExporter(new OTLPTraceExporter(), (line) => process.stderr.write(line)),
      ),
    ],
  });
  provider.register();
  instrument(service);
  return {
    async flush() {
      const shutdown = provider.shutdown().catch(() => {});
      await Promise.race([shutdown, sleep(FLUSH_LIMIT_MS)]);
    },
  };
}

/** @param {import('./service.mjs').Service} service */
function instrument(service) {
  const tracer = trace.getTracer('backend-load-testing/waits');
  const loop = createLoopWatch();
  recordPoolWaits(tracer);
  registerInstrumentations({
    instrumentations: [
      new otel.FastifyOtelInstrumentation({
        registerOnInitialization: true,
        instrumentHooks: false,
        instrumentHandler: false,
        ignorePaths: isProbe,
        requestHook(span, request) {
          nameRequestSpan(span, request);
          recordLoopWait(tracer, loop, span, request.raw.socket);
        },
      }),
      // Without a parent there is none: what a service does in the background belongs to no request.
      new UndiciInstrumentation({ requireParentforSpans: true }),
      new PgInstrumentation({
        requireParentSpan: true,
        ignoreConnectSpans: true,
        requestHook: nameQuerySpan,
      }),
      new IORedisInstrumentation({ requireParentSpan: true }),
    ],
  });
  if (service.name !== 'backend-app') return;
  // Loading them is what patches pg and ioredis.
  recordSocketWaits(tracer, service.require('undici'));
  service.require('pg');
  if (process.env.REDIS_URL) service.require('ioredis');
}
