import type { Timings } from './script-request.ts';

/** When a request came to each of its phases, in milliseconds of one clock; absent where it never did. */
export interface PhaseTimes {
  readonly startedMs: number;
  readonly isSecure: boolean;
  /** It has a connection, which may still have to be opened. */
  socketMs?: number;
  lookedUpMs?: number;
  connectedMs?: number;
  securedMs?: number;
  sentMs?: number;
  firstByteMs?: number;
}

/** The phase that a request ended in counts as far as it went; those that it did not come to are 0. */
export function toTimings(times: PhaseTimes, endedMs: number): Timings {
  const { startedMs, isSecure, socketMs, connectedMs, securedMs, firstByteMs } = times;
  const dialMs = times.lookedUpMs ?? socketMs;
  const isReused = connectedMs !== undefined && connectedMs === socketMs;
  const readyMs = isSecure && !isReused ? securedMs : connectedMs;
  // Node says that a request is sent in a later turn, which an answer may be faster than.
  const sentMs = earlier(times.sentMs, firstByteMs);
  const sending = readyMs === undefined ? 0 : (sentMs ?? endedMs) - readyMs;
  const waiting = sentMs === undefined || readyMs === undefined ? 0 : (firstByteMs ?? endedMs) - sentMs;
  const receiving = firstByteMs === undefined ? 0 : endedMs - firstByteMs;
  return {
    blocked: (dialMs ?? endedMs) - startedMs,
    connecting: dialMs === undefined || isReused ? 0 : (connectedMs ?? endedMs) - dialMs,
    tls_handshaking:
      !isSecure || isReused || connectedMs === undefined ? 0 : (securedMs ?? endedMs) - connectedMs,
    sending: Math.max(0, sending),
    waiting: Math.max(0, waiting),
    receiving,
    duration: Math.max(0, sending) + Math.max(0, waiting) + receiving,
  };
}

function earlier(left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return Math.min(left, right);
}
