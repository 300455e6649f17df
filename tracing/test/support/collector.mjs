import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @typedef {object} CollectedSpan
 * @property {string} service
 * @property {string} instance
 * @property {string} version
 * @property {string} traceId
 * @property {string} spanId
 * @property {string} parentSpanId empty for a root
 * @property {string} name
 * @property {number} kind 1 internal, 2 server, 3 client
 * @property {number} startMs
 * @property {number} durationMs
 * @property {Record<string, unknown>} attributes
 */

/** A collector that speaks OTLP/HTTP with JSON on a free port; `hang` takes requests and never answers. */
export async function startCollector({ hang = false } = {}) {
  /** @type {CollectedSpan[]} */
  const spans = [];
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    /** @type {Buffer[]} */
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      if (hang) return;
      if (request.url === '/v1/traces') spans.push(...toSpans(JSON.parse(Buffer.concat(chunks).toString())));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    requests: () => requests,
    /** Resolves when nothing has come for longer than the services' sending interval. */
    async quiet() {
      for (let before = -1; before !== requests; await sleep(200)) before = requests;
    },
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * @param {{ resourceSpans: { resource: { attributes: KeyValue[] }, scopeSpans: { spans: OtlpSpan[] }[] }[] }} body
 * @returns {CollectedSpan[]}
 *
 * @typedef {{ key: string, value: Record<string, unknown> }} KeyValue
 * @typedef {{ traceId: string, spanId: string, parentSpanId?: string, name: string, kind: number,
 *   startTimeUnixNano: string, endTimeUnixNano: string, attributes: KeyValue[] }} OtlpSpan
 */
function toSpans({ resourceSpans }) {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const of = toRecord(resource.attributes);
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        service: String(of['service.name']),
        instance: String(of['service.instance.id']),
        version: String(of['service.version']),
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? '',
        name: span.name,
        kind: span.kind,
        startMs: Number(BigInt(span.startTimeUnixNano) / 1000n) / 1000,
        durationMs: Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6,
        attributes: toRecord(span.attributes),
      })),
    );
  });
}

/** @param {KeyValue[]} attributes */
function toRecord(attributes) {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
