import type { FailureContext } from '../../src/failures/failure.ts';
import { createCalmReadings, createCall } from './layers.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

export type ContextUnderTest = FailureContext & { readonly clock: ManualClock };

/** A context whose clock stands still, whose draws are all one half, and whose ports reject unless a test gives others. */
export function createContext(overrides: Partial<Omit<FailureContext, 'clock'>> = {}): ContextUnderTest {
  const refuse = (): never => {
    throw new Error('this test gave no such port');
  };
  const downstream = { call: refuse };
  return {
    call: createCall(),
    database: { query: refuse, transaction: refuse },
    downstream,
    nextHop: downstream,
    compute: refuse,
    cache: { read: refuse, keep: refuse, clearKept: refuse },
    readings: createCalmReadings(),
    openStream: refuse,
    random: () => 0.5,
    ...overrides,
    clock: createManualClock(),
  };
}
