import { subscribe } from 'node:diagnostics_channel';
import { context, trace } from '@opentelemetry/api';

/**
 * @typedef {(this: Dispatcher, options: object, handler: object) => boolean} Dispatch
 * @typedef {{ dispatch: Dispatch }} Dispatcher
 * @typedef {{ context: import('@opentelemetry/api').Context, span: import('@opentelemetry/api').Span | undefined }} Wait
 */

/**
 * Spans `socket wait`: from handing a request to undici's pool to the moment when its headers are written to a socket.
 * Includes making the connection when no open one was free.
 *
 * undici's diagnostics channels alone cannot tell it: they know of a request only when it has left the pool's queue,
 * and then in the async context of whoever freed the socket. So the two `dispatch` methods are wrapped: the pool's
 * begins the wait, the client's (called when the queue is left) restores the context, without which the request's own
 * span and its traceparent would go into another trace.
 * @param {import('@opentelemetry/api').Tracer} tracer
 * @param {{ Pool: { prototype: Dispatcher }, Client: { prototype: Dispatcher } }} undici the service's own copy
 */
export function recordSocketWaits(tracer, { Pool, Client }) {
  /** Waits in the pool's queue, by the options of the request. @type {WeakMap<object, Wait>} */
  const queued = new WeakMap();
  /** Waits for the socket to be written to, by undici's request. @type {WeakMap<object, Wait>} */
  const accepted = new WeakMap();
  /** The one that a client makes a request of at this moment. @type {Wait | undefined} */
  let leavingQueue;

  const dispatchToPool = Pool.prototype.dispatch;
  /** @type {Dispatch} */
  Pool.prototype.dispatch = function dispatch(options, handler) {
    const isTraced = trace.getSpan(context.active())?.isRecording() === true;
    queued.set(options, {
      context: context.active(),
      span: isTraced ? tracer.startSpan('socket wait') : undefined,
    });
    return dispatchToPool.call(this, options, handler);
  };
  const dispatchToClient = Client.prototype.dispatch;
  /** @type {Dispatch} */
  Client.prototype.dispatch = function dispatch(options, handler) {
    const wait = queued.get(options);
    if (wait === undefined) return dispatchToClient.call(this, options, handler);
    queued.delete(options);
    leavingQueue = wait;
    try {
      return context.with(wait.context, () => dispatchToClient.call(this, options, handler));
    } finally {
      leavingQueue = undefined;
    }
  };

  /** @type {(outcome: string) => (message: unknown) => void} */
  const endAs = (outcome) => (message) => {
    const request = toRequest(message);
    const span = accepted.get(request)?.span;
    span?.setAttribute('lab.wait.outcome', outcome);
    span?.end();
    accepted.delete(request);
  };
  subscribe('undici:request:create', (message) => {
    if (leavingQueue !== undefined) accepted.set(toRequest(message), leavingQueue);
    leavingQueue = undefined;
  });
  subscribe('undici:client:sendHeaders', endAs('served'));
  // The error of a request that had got its socket finds no wait any more.
  subscribe('undici:request:error', endAs('given up'));
}

/** @param {unknown} message */
function toRequest(message) {
  return /** @type {{ request: object }} */ (message).request;
}
