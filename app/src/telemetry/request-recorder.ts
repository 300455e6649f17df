import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Series } from './fast-histogram.ts';
import { addGauge, type Metrics } from './metrics.ts';

interface Started {
  readonly startedMs: number;
  readonly route: RouteRecorder;
}

/** What a response carries until it closes. */
type MeasuredResponse = ServerResponse & { [STARTED]?: Started; req: IncomingMessage };
const STARTED = Symbol('started');

export interface RequestRecorder {
  /** A hook for one route that measures its requests; made once for each route, it makes no closure per request. */
  hookFor(method: string, route: string): Hook;
}

export type Hook = (request: FastifyRequest, reply: FastifyReply, next: () => void) => void;

interface RouteRecorder {
  readonly method: string;
  readonly route: string;
  readonly byStatus: Map<number, Series>;
}

/**
 * Measures requests by one hook and one listener on the response's `close`, which Node emits exactly once, also when
 * the client leaves early (counted under status 499, nginx's code for it). An answer that was broken off midway is
 * destroyed with an error, and counts under the status that it would have had. The series of the histogram are
 * looked up once per route and status. Without `log` nothing is done for logs at all.
 */
export function createRequestRecorder(
  metrics: Metrics,
  isDraining: () => boolean,
  log: Logger | undefined,
): RequestRecorder {
  let active = 0;
  addGauge(
    metrics.registry,
    'http_server_active_requests',
    'Requests in flight whose client is still there.',
    () => active,
  );

  function onClose(this: MeasuredResponse): void {
    const started = this[STARTED];
    if (started === undefined) return;
    active -= 1;
    const { route } = started;
    const isOurs = this.writableFinished || this.errored instanceof Error;
    const status = isOurs ? this.statusCode : 499;
    const durationMs = performance.now() - started.startedMs;
    let series = route.byStatus.get(status);
    if (series === undefined) {
      series = metrics.requestSeconds.series({
        http_request_method: route.method,
        http_route: route.route,
        http_response_status_code: String(status),
      });
      route.byStatus.set(status, series);
    }
    series.record(durationMs / 1000);
    log?.info(
      {
        method: this.req.method,
        route: route.route,
        url: this.req.url,
        status,
        durationMs: Math.round(durationMs * 100) / 100,
      },
      'request',
    );
  }

  return {
    hookFor(method, route) {
      const recorder: RouteRecorder = { method, route, byStatus: new Map() };
      return (_request, reply, next) => {
        const response = reply.raw as MeasuredResponse;
        active += 1;
        response[STARTED] = { startedMs: performance.now(), route: recorder };
        response.on('close', onClose);
        if (isDraining()) response.setHeader('connection', 'close');
        next();
      };
    },
  };
}
