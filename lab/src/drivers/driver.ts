import type { GeneratorFigures } from '../core/document.ts';
import type { LoadSecond } from '../core/events.ts';
import type { LoadPlan } from '../core/plan.ts';

export interface LoadSummary {
  readonly planned: number;
  /** Started on time by the driver; with `LoadPlan.connections` also what then waited in vain for a free connection. */
  readonly sent: number;
  /** What the driver itself could not start: the only requests that speak against it. */
  readonly notSent: number;
  readonly latenessP99Ms: number;
  /** Busiest second of the driver's event loop, 0–1. */
  readonly utilisationRatio: number;
  /** CPU time of the driver's process, in seconds. */
  readonly cpuSeconds: number;
  /** Of each, where several programs made the load: over the seconds from `measuredFromSecond` on. */
  readonly generators?: readonly GeneratorFigures[];
}

export interface LoadRun {
  /** Intended start of the plan on the machine's monotonic clock (`process.hrtime`), in ms. */
  readonly startMonotonicMs: number;
  /** CPU seconds that the driver's process has used so far; null where this cannot be known. */
  cpuSeconds(): number | null;
  /** Resolves when every request has its outcome. Rejects when the driver died or was aborted. */
  readonly finished: Promise<LoadSummary>;
}

export interface DriverOptions {
  /** Root of the system under load, for example `http://127.0.0.1:8000`. */
  readonly baseUrl: string;
  readonly signal: AbortSignal;
  /** Called for each second as soon as all its requests have their outcome, in order. */
  readonly onSecond: (second: LoadSecond) => void;
  /** The seconds before it warm up, and nobody judges them. 0 unless given. */
  readonly measuredFromSecond?: number;
}

/** Makes the load of a plan, open-loop: requests are sent at their planned times, whatever the answers do. */
export interface Driver {
  readonly name: string;
  /** How many programs make the load together; absent where the driver is one. */
  readonly generators?: number;
  /** Gets ready, fixes the start a little ahead, and resolves then. */
  start(plan: LoadPlan, options: DriverOptions): Promise<LoadRun>;
}

/**
 * One of several generators ended before its plan did: with part of the load missing nothing can be concluded, and it
 * is no fault of the lab either. It rejects `start` or `finished`; the message says which it was, and how it ended.
 */
export class GeneratorLost extends Error {}
