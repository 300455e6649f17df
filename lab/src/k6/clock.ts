/** Time as the runner needs it; tests hand in one of their own. */
export interface RunClock {
  /** Monotonic, in milliseconds. */
  nowMs(): number;
  /** Milliseconds since the epoch, for samples and scripts. */
  epochMs(): number;
  /** Resolves after that time, or at once when the signal aborts; never rejects. */
  pause(durationMs: number, signal: AbortSignal): Promise<void>;
}
