import type { RunClock } from './clock.ts';
import type { ScenarioConfiguration } from './configuration.ts';
import type { CallResult, Vu } from './vu.ts';

/** What an executor needs of the run. */
export interface ExecutorContext {
  readonly clock: RunClock;
  /** Aborts when the whole run has to end; no iteration begins any more, and running ones are interrupted. */
  readonly signal: AbortSignal;
  /** A VU of the run's pool that is free, or null; `release` gives it back. Never creates one. */
  takeVu(): Vu | null;
  releaseVu(vu: Vu): void;
  /** Creates one VU more, outside of the plan (`maxVUs`); rejects when it cannot be made. */
  createVu(): Promise<Vu>;
  /** Runs one iteration with this VU and makes its samples; interrupted when `signal` aborts. */
  iterate(vu: Vu, signal: AbortSignal): Promise<CallResult>;
  /** Counts iterations that could not begin. */
  drop(count: number): void;
  warn(message: string): void;
  /** 0 to 1, for `exec.scenario.progress` and the progress line. */
  setProgress(progress: number): void;
}

/** Runs one scenario from its start to the end of its last iteration; resolves then, never rejects. */
export type Executor<Name extends ScenarioConfiguration['executor']> = (
  scenario: Extract<ScenarioConfiguration, { executor: Name }>,
  context: ExecutorContext,
) => Promise<void>;
