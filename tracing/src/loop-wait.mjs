import { subscribe } from 'node:diagnostics_channel';
import { context, trace } from '@opentelemetry/api';

/** How often the loop is seen to turn. A block shorter than this can stay unseen. */
const TICK_MS = 10;
/** Less than this is the inaccuracy of timers, not a block. */
const SMALLEST_MS = 5;

/**
 * @typedef {object} LoopWatch
 * @property {(socket: object) => number} delayMs
 *   For a request of this socket that is being read now: for how long the loop had not turned before; 0 for less than 5 ms.
 */

/**
 * Watches the event loop with a timer of 10 ms. When the timer is late, the loop was held for that time; requests that
 * are read in the rest of that turn, or come first over a connection that was accepted in it, had to wait meanwhile.
 * @param {{ nowMs(): number, every(ms: number, tick: () => void): void, afterThisTurn(action: () => void): void }} [clock]
 * @returns {LoopWatch}
 */
export function createLoopWatch(clock = systemClock) {
  let dueMs = clock.nowMs() + TICK_MS;
  /** @type {number | undefined} */
  let heldSinceMs;
  /** @type {WeakMap<object, number>} */
  const acceptedLate = new WeakMap();

  clock.every(TICK_MS, () => {
    const nowMs = clock.nowMs();
    if (nowMs - dueMs >= SMALLEST_MS) {
      heldSinceMs = dueMs;
      clock.afterThisTurn(() => {
        heldSinceMs = undefined;
      });
    }
    dueMs = nowMs + TICK_MS;
  });
  const heldSince = () => {
    if (heldSinceMs !== undefined) return heldSinceMs;
    // The timer itself is overdue: earlier requests of this very turn hold the loop.
    return clock.nowMs() - dueMs >= SMALLEST_MS ? dueMs : undefined;
  };
  subscribe('net.server.socket', (message) => {
    const sinceMs = heldSince();
    if (sinceMs === undefined) return;
    const { socket } = /** @type {{ socket: object }} */ (message);
    acceptedLate.set(socket, sinceMs);
    // Bytes that were there already are read in the next turn; what is read later was sent later.
    clock.afterThisTurn(() => clock.afterThisTurn(() => acceptedLate.delete(socket)));
  });

  return {
    delayMs(socket) {
      const sinceMs = acceptedLate.get(socket) ?? heldSince();
      return sinceMs === undefined ? 0 : clock.nowMs() - sinceMs;
    },
  };
}

/**
 * A span `event-loop wait` that ends where the request's own span starts. Its length is an upper bound: the request's
 * bytes came at some moment within it.
 * @param {import('@opentelemetry/api').Tracer} tracer
 * @param {LoopWatch} loop
 * @param {import('@opentelemetry/api').Span} requestSpan
 * @param {object} socket
 */
export function recordLoopWait(tracer, loop, requestSpan, socket) {
  const delayMs = loop.delayMs(socket);
  if (delayMs === 0 || !requestSpan.isRecording()) return;
  const endMs = Date.now();
  const parent = trace.setSpan(context.active(), requestSpan);
  tracer.startSpan('event-loop wait', { startTime: endMs - delayMs }, parent).end(endMs);
}

const systemClock = {
  nowMs: () => performance.now(),
  /** @type {(ms: number, tick: () => void) => void} */
  every: (ms, tick) => void setInterval(tick, ms).unref(),
  /** @type {(action: () => void) => void} */
  afterThisTurn: (action) => void setImmediate(action),
};
