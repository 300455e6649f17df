import { STATUS_CODES } from 'node:http';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Config } from './config.ts';
import { Problem, toProblemDetails } from './errors.ts';
import type { Ports } from './ports.ts';
import { controlRoutes } from './routes/control.ts';
import { collectDocument, documentRoutes } from './routes/documents.ts';
import { failureRoutes } from './routes/failures.ts';
import { healthRoutes } from './routes/health.ts';
import { metricsRoute } from './routes/metrics.ts';
import { answerProblems, sendProblem, toProblem } from './routes/problems.ts';
import { serviceInfoRoute } from './routes/service-info.ts';
import { taskRoutes } from './routes/tasks.ts';
import { useReaders } from './routes/validation.ts';
import { createRequestRecorder } from './telemetry/request-recorder.ts';

/** The version in `/` and in the OpenAPI document; a test compares it with package.json. */
export const VERSION = '0.1.0';

/** The backend's web server, with all routes and not listening. Every call makes an independent one. */
export async function buildApp(config: Config, ports: Ports): Promise<FastifyInstance> {
  const app = createServer(config);
  const logRequests = config.requestLogs && ports.log.isLevelEnabled('info');
  const recorder = createRequestRecorder(
    ports.metrics,
    () => ports.lifecycle.isDraining,
    logRequests ? ports.log : undefined,
  );
  app.addHook('onRoute', (route) => {
    const method = Array.isArray(route.method) ? route.method.join(',') : route.method;
    route.onRequest = [recorder.hookFor(method, toPattern(route.url)), ...[route.onRequest ?? []].flat()];
  });
  useReaders(app);
  answerProblems(app, ports.log, ports.metrics, recorder.hookFor('_OTHER', 'unmatched'));

  await collectDocument(app, VERSION);
  healthRoutes(app, ports, config.replica);
  metricsRoute(app, ports);
  serviceInfoRoute(app, ports, config, VERSION);
  taskRoutes(app, ports, config);
  failureRoutes(app, ports, config);
  await documentRoutes(app);
  await app.ready();
  return app;
}

/** The control API's server; not listening either. */
export async function buildControlApp(config: Config, ports: Ports): Promise<FastifyInstance> {
  const app = createServer(config);
  useReaders(app);
  answerProblems(app, ports.log);
  controlRoutes(app, ports, config);
  await app.ready();
  return app;
}

function createServer(config: Config): FastifyInstance {
  return Fastify({
    logger: false,
    bodyLimit: config.bodyLimitBytes,
    // While a stop is under way requests are still served: turning them away would be an error of our making.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    // Nothing here uses request ids, and making one costs more than the rest of the bookkeeping of a request.
    genReqId: () => '',
    frameworkErrors: (error, request, reply) => {
      void sendProblem(toProblem(error), request, reply);
    },
    clientErrorHandler(_error, socket) {
      if (!socket.writable || socket.destroyed) return;
      const details = toProblemDetails(new Problem('MALFORMED_REQUEST', 'this is not HTTP/1.1'));
      const body = JSON.stringify(details);
      socket.end(
        `HTTP/1.1 400 ${STATUS_CODES[400]}\r\nContent-Type: application/problem+json\r\n` +
          `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      );
    },
  });
}

/** Fastify's `/api/tasks/:id` in OpenTelemetry's and OpenAPI's spelling `/api/tasks/{id}`. */
function toPattern(url: string): string {
  return url.replaceAll(/:([A-Za-z]+)/g, '{$1}');
}
