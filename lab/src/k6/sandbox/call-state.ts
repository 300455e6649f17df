import type { RunClock } from '../clock.ts';
import type { OutsideSubsetError } from '../exit-code.ts';
import type { Call } from '../vu.ts';

/** No wait, and nothing of the event loop, happens while a script computes: longer than this, and it is stopped. */
const computationLimitMs = 10_000;

/** What is known of the init code or the call that a VU runs. */
export class CallState {
  /** Null in init code. */
  call: Call | null = null;
  iteration = 0;
  /** The script asked for what this runner lacks, even if it caught the error. */
  outside: OutsideSubsetError | null = null;
  /** Message of exec.test.abort(). */
  aborted: string | null = null;
  isStuck = false;
  sentBytes = 0;
  receivedBytes = 0;
  readonly #clock: RunClock;
  #computingSinceMs: number;

  constructor(clock: RunClock, call: Call | null, iteration: number) {
    this.#clock = clock;
    this.call = call;
    this.iteration = iteration;
    this.#computingSinceMs = clock.nowMs();
  }

  /** A wait is over. */
  resume(): void {
    this.#computingSinceMs = this.#clock.nowMs();
  }

  /** Nothing of this call counts any more. */
  get isInterrupted(): boolean {
    return this.aborted !== null || this.call?.signal.aborted === true;
  }

  shouldStop(): boolean {
    if (this.isInterrupted || this.outside !== null) return true;
    this.isStuck ||= this.#clock.nowMs() - this.#computingSinceMs > computationLimitMs;
    return this.isStuck;
  }

  get stuckMessage(): string {
    return `the script computed for ${computationLimitMs / 1000} s without a wait, and no other VU could run meanwhile`;
  }
}
