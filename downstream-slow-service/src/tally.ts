import type { FailureKind } from './behaviours/behaviour.ts';
import { ServiceError } from './errors.ts';
import type { ErrorCode } from './errors.ts';

/** Why a request got no slot. */
export type RejectionReason = 'queue-full' | 'codel';

/** What work requests went through since the service started; `/metrics` reads it. Counts only grow. */
export interface Tally {
  readonly rejections: Record<RejectionReason, number>;
  readonly failures: Record<FailureKind, number>;
  /** Requests that were served in full although their client had left. */
  wastedWork: number;
}

const REASONS: Partial<Record<ErrorCode, RejectionReason>> = {
  'queue-full': 'queue-full',
  'queued-too-long': 'codel',
};

export function createTally(): Tally {
  return {
    rejections: { 'queue-full': 0, codel: 0 },
    failures: { error: 0, reset: 0, hang: 0, truncated: 0 },
    wastedWork: 0,
  };
}

/** Counts an error that says that there was no slot, and leaves every other one out. */
export function countRejection(tally: Tally, error: unknown): void {
  const reason = error instanceof ServiceError ? REASONS[error.code] : undefined;
  if (reason !== undefined) tally.rejections[reason] += 1;
}
