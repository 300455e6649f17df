/**
 * Time as a parameter. Everything that waits or measures takes a clock, so that tests decide when time passes.
 */
export interface Clock {
  /** Milliseconds since an arbitrary start; never goes back. For durations and deadlines. */
  monotonicMs(): number;
  /** Milliseconds since the Unix epoch; may jump. For what people read. */
  nowMs(): number;
  /**
   * Resolves after `durationMs`. Rejects with the signal's reason as soon as the signal is aborted,
   * and then leaves no timer behind.
   */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
}
