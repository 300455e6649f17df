import { setMaxListeners } from 'node:events';
import type { ExecutorContext } from '../executor.ts';

/** The time of a scenario: iterations may begin, then they may only end, then they are interrupted. */
export interface ExecutorWindow {
  /** Milliseconds since the scenario's start. */
  elapsedMs(): number;
  /** False when no iteration may begin any more. */
  isOpen(): boolean;
  /** Aborts when no iteration may begin any more. */
  readonly closed: AbortSignal;
  /** Aborts when running iterations are interrupted. */
  readonly interrupted: AbortSignal;
  /** Ends its timers. */
  end(): void;
}

export function openWindow(
  { clock, signal }: ExecutorContext,
  regularMs: number,
  gracefulStopMs: number,
): ExecutorWindow {
  const startMs = clock.nowMs();
  const over = new AbortController();
  const regularEnd = new AbortController();
  const graceEnd = new AbortController();
  const closed = AbortSignal.any([signal, regularEnd.signal]);
  const interrupted = AbortSignal.any([signal, graceEnd.signal]);
  // Every VU listens.
  setMaxListeners(0, closed, interrupted);
  void runTimers();
  return {
    elapsedMs: () => clock.nowMs() - startMs,
    isOpen: () => !signal.aborted && !regularEnd.signal.aborted && clock.nowMs() - startMs < regularMs,
    closed,
    interrupted,
    end: () => over.abort(),
  };

  async function runTimers(): Promise<void> {
    await clock.pause(regularMs, over.signal);
    if (over.signal.aborted) return;
    regularEnd.abort();
    await clock.pause(gracefulStopMs, over.signal);
    if (!over.signal.aborted) graceEnd.abort();
  }
}
