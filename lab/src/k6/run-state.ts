import { setMaxListeners } from 'node:events';
import type { RunClock } from './clock.ts';
import { type K6ExitCode, k6ExitCodes } from './exit-code.ts';
import type { Log } from './log.ts';
import type { JsonText, RunView } from './vu.ts';

/** Why a run ended before its time. */
export interface EndReason {
  readonly exitCode: K6ExitCode;
  readonly message: string;
}

/** What is known of a run while it runs, and the way to end it. The first reason to end is the one that counts. */
export class RunState implements RunView {
  completed = 0;
  interrupted = 0;
  active = 0;
  initialized = 0;
  optionsText: JsonText = '{}';
  markedAsFailed = false;
  reason: EndReason | null = null;
  readonly #clock: RunClock;
  readonly #log: Log;
  readonly #stop = new AbortController();
  #call: AbortController | null = null;
  #startMs: number;

  constructor(clock: RunClock, log: Log) {
    this.#clock = clock;
    this.#log = log;
    this.#startMs = clock.nowMs();
    // Every scenario and its waits listen.
    setMaxListeners(0, this.#stop.signal);
  }

  /** Aborts when no iteration may go on. */
  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  start(): void {
    this.#startMs = this.#clock.nowMs();
  }

  end(exitCode: K6ExitCode, message: string): void {
    if (this.reason === null) {
      this.reason = { exitCode, message };
      this.#log('error', message);
    }
    this.#stop.abort();
    this.#call?.abort();
  }

  /** For a call outside of the scenarios: aborts when the run is ended while it runs. */
  callSignal(): AbortSignal {
    this.#call = new AbortController();
    return this.#call.signal;
  }

  readonly currentTestRunDurationMs = (): number => this.#clock.nowMs() - this.#startMs;
  readonly iterationsCompleted = (): number => this.completed;
  readonly iterationsInterrupted = (): number => this.interrupted;
  readonly vusActive = (): number => this.active;
  readonly vusInitialized = (): number => this.initialized;
  readonly options = (): JsonText => this.optionsText;
  readonly abort = (message: string): void =>
    this.end(k6ExitCodes.scriptAborted, message === '' ? 'test aborted' : message);
  readonly fail = (message: string): void => {
    this.markedAsFailed = true;
    this.#log('error', message === '' ? 'test marked as failed' : message);
  };
}
