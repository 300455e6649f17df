import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { EndpointPools } from './endpoint-pools.ts';
import { toClientHeaders, toEndpointHeaders } from './hop-headers.ts';
import type { BalancerSetUp, Endpoint } from './protocol.ts';
import type { Rotation } from './rotation.ts';

/** A body up to this can be sent again, so only such requests are tried again. */
const longestRepeatableBytes = 65_536;

export interface ExchangeOptions extends Pick<BalancerSetUp, 'retries' | 'timeoutMs'> {
  readonly rotation: Rotation;
  readonly pools: EndpointPools;
}

/** What can be sent to one endpoint (null: no body), and whether also to a second one. */
interface Sendable {
  readonly body: Buffer | PassThrough | null;
  readonly isRepeatable: boolean;
}

/**
 * One request of a client until its answer. With retries, an attempt that failed or took too long is followed by one to
 * the next endpoint, whatever the method, unless a part of an answer has been passed on; a status is never a reason.
 */
export class HttpExchange {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #options: ExchangeOptions;
  #retriesLeft: number;
  #attempt: Attempt | null = null;

  constructor(request: IncomingMessage, response: ServerResponse, options: ExchangeOptions) {
    this.#request = request;
    this.#response = response;
    this.#options = options;
    this.#retriesLeft = options.retries;
    response.sendDate = false;
    response.on('close', () => {
      if (!response.writableFinished) this.#attempt?.leave();
    });
    response.on('drain', () => this.#attempt?.resume());
  }

  start(): void {
    const length = Number(this.#request.headers['content-length'] ?? 0);
    const isChunked = this.#request.headers['transfer-encoding'] !== undefined;
    if (length === 0 && !isChunked) this.#try({ body: null, isRepeatable: true });
    else if (!isChunked && this.#options.retries > 0 && length <= longestRepeatableBytes) this.#collect();
    else this.#try({ body: this.#stream(), isRepeatable: false });
  }

  #collect(): void {
    const chunks: Buffer[] = [];
    this.#request.on('data', (chunk: Buffer) => chunks.push(chunk));
    this.#request.on('end', () => this.#try({ body: Buffer.concat(chunks), isRepeatable: true }));
  }

  /** A stream of its own, since undici destroys the body of a request that fails, and with the client's its connection. */
  #stream(): PassThrough {
    const body = this.#request.pipe(new PassThrough());
    body.on('error', () => undefined);
    return body;
  }

  #try(sendable: Sendable): void {
    if (this.#response.destroyed) return;
    const { rotation, pools, timeoutMs } = this.#options;
    const endpoint = rotation.next();
    if (endpoint === undefined) {
      this.#answer(503, 'no endpoint is ready');
      return;
    }
    rotation.countsOf(endpoint.name).requests += 1;
    const onFailure = (status: 502 | 504, reason: string) =>
      this.#fail(sendable, status, `${endpoint.name}: ${reason}`);
    this.#attempt = new Attempt(this.#response, { onFailure, onEnd: () => this.#dropRequest() });
    this.#attempt.start(pools.of(endpoint), toDispatch(this.#request, endpoint, sendable.body), timeoutMs);
  }

  #fail(sendable: Sendable, status: 502 | 504, reason: string): void {
    if (this.#response.headersSent) {
      this.#response.destroy();
    } else if (sendable.isRepeatable && this.#retriesLeft > 0) {
      this.#retriesLeft -= 1;
      this.#try(sendable);
    } else {
      this.#answer(status, reason);
    }
  }

  #answer(status: number, reason: string): void {
    const body = `${status}: ${reason}\n`;
    const length = Buffer.byteLength(body);
    this.#response.writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': length,
    });
    this.#response.end(body);
    this.#dropRequest();
  }

  /** What has not been read would stand before the client's next request. */
  #dropRequest(): void {
    this.#request.unpipe();
    this.#request.resume();
  }
}

interface AttemptEvents {
  /** Called at most once, and not after `onEnd`. */
  readonly onFailure: (status: 502 | 504, reason: string) => void;
  readonly onEnd: () => void;
}

/** One sending of the request to one endpoint. */
class Attempt implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse;
  readonly #events: AttemptEvents;
  #controller: Dispatcher.DispatchController | null = null;
  #timer: NodeJS.Timeout | undefined;
  #hasBody = false;
  #isOver = false;

  constructor(response: ServerResponse, events: AttemptEvents) {
    this.#response = response;
    this.#events = events;
  }

  start(pool: Dispatcher, options: Dispatcher.DispatchOptions, timeoutMs: number | null): void {
    if (timeoutMs !== null) {
      this.#timer = setTimeout(() => {
        this.#giveUp(504, `no answer within ${timeoutMs} ms`);
        this.#controller?.abort(new Error('no answer in time'));
      }, timeoutMs);
    }
    pool.dispatch(options, this);
  }

  /** The client has gone. */
  leave(): void {
    this.#finish();
    this.#controller?.abort(new Error('the client has gone'));
  }

  resume(): void {
    this.#controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(new Error('nobody waits any more'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Parameters<typeof toClientHeaders>[0],
    message?: string,
  ): void {
    if (this.#isOver || status < 200) return;
    clearTimeout(this.#timer);
    this.#response.writeHead(status, message, toClientHeaders(headers));
    // The head goes out together with the first part of the body if that has come with it, else at once.
    queueMicrotask(() => {
      if (!this.#hasBody && !this.#isOver) this.#response.flushHeaders();
    });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) return;
    this.#hasBody = true;
    if (!this.#response.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    this.#finish();
    this.#response.end();
    this.#events.onEnd();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#giveUp(502, error.message);
  }

  #giveUp(status: 502 | 504, reason: string): void {
    if (this.#isOver) return;
    this.#finish();
    this.#events.onFailure(status, reason);
  }

  #finish(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}

function toDispatch(
  request: IncomingMessage,
  endpoint: Endpoint,
  body: Sendable['body'],
): Dispatcher.DispatchOptions {
  return {
    origin: `http://${endpoint.host}:${endpoint.port}`,
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: toEndpointHeaders(request.rawHeaders, request.headers.connection),
    body,
  };
}
