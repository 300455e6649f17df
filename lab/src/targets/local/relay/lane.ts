import type { Socket } from 'node:net';
import type { Bandwidth } from './bandwidth.ts';

/** When the bytes of a lane may leave. */
export interface LaneShape {
  /** Nothing leaves, not even the end. */
  readonly isFrozen: boolean;
  /** From coming to leaving. */
  readonly latencyMs: number;
  readonly bandwidth: Bandwidth | null;
  /** So many from now on, then the lane is spent. */
  readonly remainingBytes: number;
}

export const openShape: LaneShape = {
  isFrozen: false,
  latencyMs: 0,
  bandwidth: null,
  remainingBytes: Number.POSITIVE_INFINITY,
};

export interface LaneEvents {
  readonly onCarried?: (bytes: number) => void;
  /** As many bytes as its shape allows have left; nothing leaves any more. */
  readonly onSpent?: () => void;
}

/** What came, in the order in which it came. */
interface Arrival {
  readonly atMs: number;
  readonly what: Buffer | 'end' | 'reset';
}

/** What a delay may keep in memory: the bandwidth-delay product of 1 Gbit/s and 100 ms is 12.5 MB. */
const longestDelayLineBytes = 16 * 1024 * 1024;
/** With a bandwidth the waiting has to reach the sender. */
const longestQueueBytes = 65_536;

/**
 * One direction of a relayed connection. Carries the bytes of `from` to `to` with backpressure, then its end as an end and
 * its reset as a reset. Both sockets must be half-open (`allowHalfOpen`).
 */
export class Lane {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #events: LaneEvents;
  #shape: LaneShape;
  #remainingBytes: number;
  #waiting: Arrival[] = [];
  #waitingBytes = 0;
  /** When the first slice may leave, once it has asked for bandwidth. */
  #slotMs: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(from: Socket, to: Socket, shape: LaneShape, events: LaneEvents = {}) {
    this.#from = from;
    this.#to = to;
    this.#events = events;
    this.#shape = shape;
    this.#remainingBytes = shape.remainingBytes;
    from.on('data', (chunk: Buffer) => this.#take(chunk));
    from.on('end', () => this.#take('end'));
    from.on('error', () => this.#take('reset'));
    to.on('drain', () => this.#pump());
    to.on('close', () => this.#finish());
    this.#steer();
  }

  /** Holds at once, for what waits too. */
  setShape(shape: LaneShape): void {
    this.#shape = shape;
    this.#remainingBytes = shape.remainingBytes;
    this.#slotMs = null;
    this.#pump();
  }

  #take(what: Arrival['what']): void {
    if (this.#isOver) return;
    if (this.#shape === openShape && this.#waiting.length === 0) {
      this.#deliver(what);
      return;
    }
    this.#waiting.push({ atMs: performance.now(), what });
    this.#waitingBytes += sizeOf(what);
    this.#pump();
  }

  #pump(): void {
    clearTimeout(this.#timer);
    for (let first = this.#waiting[0]; first !== undefined && !this.#isOver; first = this.#waiting[0]) {
      if (this.#shape.isFrozen || (this.#to.writableNeedDrain && first.what !== 'reset')) break;
      const waitMs = this.#leaveMs(first) - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#pump(), Math.ceil(waitMs));
        break;
      }
      this.#release(first);
    }
    this.#steer();
  }

  #leaveMs({ atMs, what }: Arrival): number {
    const { bandwidth, latencyMs } = this.#shape;
    if (bandwidth === null || typeof what === 'string') return atMs + latencyMs;
    const bytes = Math.min(what.length, bandwidth.sliceBytes);
    return (this.#slotMs ??= bandwidth.reserve(bytes, performance.now()));
  }

  #release({ atMs, what }: Arrival): void {
    const slice = this.#shape.bandwidth?.sliceBytes ?? Number.POSITIVE_INFINITY;
    this.#slotMs = null;
    if (typeof what === 'string' || what.length <= slice) {
      this.#waiting.shift();
      this.#waitingBytes -= sizeOf(what);
      this.#deliver(what);
      return;
    }
    this.#waiting[0] = { atMs, what: what.subarray(slice) };
    this.#waitingBytes -= slice;
    this.#deliver(what.subarray(0, slice));
  }

  #deliver(what: Arrival['what']): void {
    if (what === 'reset') resetSocket(this.#to);
    else if (what === 'end') this.#to.end();
    else this.#write(what);
  }

  #write(chunk: Buffer): void {
    const part = chunk.length < this.#remainingBytes ? chunk : chunk.subarray(0, this.#remainingBytes);
    this.#remainingBytes -= part.length;
    if (part.length > 0 && !this.#to.write(part)) this.#from.pause();
    this.#events.onCarried?.(part.length);
    if (this.#remainingBytes > 0) return;
    this.#finish();
    this.#events.onSpent?.();
  }

  /** Reads as long as what was read can go somewhere. */
  #steer(): void {
    const { isFrozen, bandwidth } = this.#shape;
    const longest = bandwidth === null ? longestDelayLineBytes : longestQueueBytes;
    const isFull = this.#waitingBytes >= longest || this.#to.writableNeedDrain;
    if (isFrozen || (isFull && !this.#isOver)) this.#from.pause();
    else this.#from.resume();
  }

  #finish(): void {
    this.#isOver = true;
    this.#waiting = [];
    this.#waitingBytes = 0;
    clearTimeout(this.#timer);
  }
}

/** Ends a connection by RST. */
export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return;
  socket.on('error', () => undefined);
  // Not possible while an end is being sent (uv_tcp_close_reset: EINVAL).
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}

function sizeOf(what: Arrival['what']): number {
  return typeof what === 'string' ? 0 : what.length;
}
