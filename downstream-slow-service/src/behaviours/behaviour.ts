import type { Static, TObject, TProperties } from 'typebox';
import type { Random } from '../kernel/random.ts';
import type { Fault } from '../legal.ts';

/** Bounds that configuration decides. */
export interface BehaviourLimits {
  readonly maxDelaySeconds: number;
}

/** Gives back what `admit` took. Call it once. */
export type Release = () => void;

/** A place to work, or the news that the behaviour ended while the request waited for one. */
export type Admission = Release | 'ended';

export interface Occupancy {
  readonly inUse: number;
  readonly waiting: number;
}

/** What one behaviour does to the work requests while it is set. It implements what it changes, and nothing else. */
export interface Effect {
  /** The wait of a request that asked for `askedMs`; effects are chained in the order of their names. */
  delayMs?(askedMs: number): number;
  /** Draws whether this request fails (after its wait). Its presence overrides an endpoint's own failure rate. */
  fails?(): boolean;
  /** Waits for a place to work. Rejects when the signal is aborted, or with a `ServiceError` when there is no room. */
  admit?(signal: AbortSignal): Admission | Promise<Admission>;
  occupancy?(): Occupancy;
  /** Called once when the behaviour is replaced, removed or over: whoever waits in it must go on. */
  end?(): void;
}

/**
 * One way to change how the service answers, set through the control API. Its settings are optional members of the
 * body of `PUT /behaviour`; a new behaviour is one file in this folder and its test.
 */
export interface Behaviour<Settings extends TProperties = TProperties> {
  /** The file's name. */
  readonly name: string;
  readonly summary: string;
  /** Its settings, all optional, each with unit, minimum and maximum. */
  settings(limits: BehaviourLimits): Settings;
  /** Faults that a schema cannot see, such as a setting that needs another one. */
  check?(settings: Static<TObject<Settings>>): readonly Fault[];
  /** Starts the effect; `undefined` when these settings do not ask for it. */
  start(settings: Static<TObject<Settings>>, random: Random): Effect | undefined;
}

/** Declares a behaviour; only here to infer the settings' type from their schema. */
export function defineBehaviour<Settings extends TProperties>(
  behaviour: Behaviour<Settings>,
): Behaviour<Settings> {
  return behaviour;
}

/** Tells a behaviour from other exports of a file. */
export function isBehaviour(value: unknown): value is Behaviour {
  return typeof value === 'object' && value !== null && 'settings' in value && 'start' in value;
}
