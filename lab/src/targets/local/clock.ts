import type { LocalHost } from './local-host.ts';
import { pause } from './waiting.ts';

/** Time as the local target sees it; handed in, so that tests can turn it. The experiment's clock is one. */
export interface LocalClock {
  /** The machine's monotonic clock, in ms. */
  monotonicMs(): number;
  /** Rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The real clock. */
export function createLocalClock(host: Pick<LocalHost, 'monotonicMs'>): LocalClock {
  return {
    monotonicMs: () => host.monotonicMs(),
    sleep: pause,
  };
}
