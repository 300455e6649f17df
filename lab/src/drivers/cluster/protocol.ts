import type { DriverMessage, PlanMessage } from '../embedded/protocol.ts';

/**
 * From the lab to a generator, a line of JSON each: `clock` as often as it likes, one `plan`, and when all are ready one
 * `start`, which lies ahead on the generator's own monotonic clock. When its standard input closes, a generator ends.
 */
export type GeneratorOrder =
  | { readonly type: 'clock'; readonly id: number }
  | PlanMessage
  | { readonly type: 'start'; readonly startMonotonicMs: number };

/** What a generator's clock shows, and what else is asked for with it. */
export interface ClockReading {
  readonly monotonicMs: number;
  /** Of its kernel; null where there is none to read. */
  readonly bootId: string | null;
  readonly cpuSeconds: number;
}

/** From a generator: an answer to each `clock`, `prepared` after its plan, and what the embedded driver says then. */
export type GeneratorMessage =
  | (ClockReading & { readonly type: 'clock'; readonly id: number })
  | { readonly type: 'prepared' }
  | Exclude<DriverMessage, { type: 'ready' }>;
