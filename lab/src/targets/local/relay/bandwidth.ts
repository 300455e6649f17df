/** How much of the past that was not used may be made up for: timers are late by some milliseconds. */
const burstMs = 20;

/**
 * A token bucket as a clock: it holds `burstMs` worth of bytes, and says of each slice when there are tokens for it. Who
 * asks first gets the earlier slot, so connections that share one take turns.
 */
export class Bandwidth {
  /** At most so many bytes should ask at once. */
  readonly sliceBytes: number;
  readonly #bytesPerMs: number;
  #paidUntilMs = Number.NEGATIVE_INFINITY;

  constructor(bytesPerSecond: number) {
    this.#bytesPerMs = bytesPerSecond / 1000;
    this.sliceBytes = Math.max(1, Math.floor(this.#bytesPerMs * burstMs));
  }

  /** When a slice of so many bytes may leave, on the same clock as `nowMs`; it may lie in the past. */
  reserve(bytes: number, nowMs: number): number {
    const startMs = Math.max(this.#paidUntilMs, nowMs - burstMs);
    this.#paidUntilMs = startMs + bytes / this.#bytesPerMs;
    return this.#paidUntilMs;
  }
}
