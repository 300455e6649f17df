import type { Limits } from '../../target.ts';

/** From the lab to its limiter thread. `id` names a confinement. */
export type LimiterMessage =
  | {
      readonly kind: 'open';
      readonly id: number;
      readonly limits: Limits;
      readonly readings: SharedArrayBuffer;
    }
  | { readonly kind: 'adopt'; readonly id: number; readonly pid: number }
  | { readonly kind: 'release'; readonly id: number }
  | { readonly kind: 'limits'; readonly id: number; readonly limits: Limits }
  /** Answered with `{ closed: id }`, when nothing of it is stopped any more. */
  | { readonly kind: 'close'; readonly id: number };

export interface ClosedAnswer {
  readonly closed: number;
}

/** Places in the shared `Float64Array` that the limiter writes and the lab reads. */
export const readingAt = {
  cpuSeconds: 0,
  periods: 1,
  throttledPeriods: 2,
  throttledSeconds: 3,
  memoryBytes: 4,
  oomKills: 5,
} as const;

export const readingCount = Object.keys(readingAt).length;
