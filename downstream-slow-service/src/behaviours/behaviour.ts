import type { Static, TObject, TProperties } from 'typebox';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { Fault } from '../legal.ts';

/** Bounds that configuration decides. */
export interface BehaviourLimits {
  readonly maxDelaySeconds: number;
}

/** What a behaviour may use of the service while it is set. */
export interface BehaviourPorts {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Draws of its own, which start again whenever the behaviour is set. */
  readonly random: Random;
  readonly limits: BehaviourLimits;
}

/** Gives back what `admit` took. Call it once. */
export type Release = () => void;

/** A place to work, or the news that the behaviour ended while the request waited for one. */
export type Admission = Release | 'ended';

/** A request that wants a place to work. */
export interface Candidate {
  /** Aborted when the client has left. */
  readonly signal: AbortSignal;
  /** On the monotonic clock; a request that queues again in a new behaviour keeps it. */
  readonly arrivedMs: number;
}

export interface Occupancy {
  readonly inUse: number;
  readonly waiting: number;
}

/** How a drawn failure shows to the client; the setting `failureKind` says what each is. */
export type FailureKind = 'error' | 'reset' | 'hang' | 'truncated';

/** What one behaviour does to the work requests while it is set. It implements what it changes, and nothing else. */
export interface Effect {
  /** The wait of a request that asked for `askedMs`; effects are chained in the order of their names. */
  delayMs?(askedMs: number): number;
  /** Draws how this request fails after its wait, or that it does not. Its presence overrides an endpoint's own rate. */
  failure?(): FailureKind | undefined;
  /** Waits until the behaviour is over. Rejects with the signal's reason when it is aborted. */
  hang?(signal: AbortSignal): Promise<void>;
  /** Waits for a place to work. Rejects when the client has left, or with a `ServiceError` when there is no room. */
  admit?(candidate: Candidate): Admission | Promise<Admission>;
  /** True when work that has begun goes on after its client has left. */
  readonly finishesCancelled?: boolean;
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
  /** Its settings, all optional, each with a description and, where it is a number, unit, minimum and maximum. */
  settings(limits: BehaviourLimits): Settings;
  /** Faults that a schema cannot see, such as a setting that needs another one. */
  check?(settings: Static<TObject<Settings>>): readonly Fault[];
  /** Starts the effect; `undefined` when these settings do not ask for it. */
  start(settings: Static<TObject<Settings>>, ports: BehaviourPorts): Effect | undefined;
}

/** Declares a behaviour; only here to infer the settings' type from their schema. */
export function defineBehaviour<Settings extends TProperties>(
  behaviour: Behaviour<Settings>,
): Behaviour<Settings> {
  return behaviour;
}

/** One fault for each setting that is given; for settings that mean nothing without another one. */
export function toFaultsWithout(
  other: string,
  settings: Readonly<Record<string, unknown>>,
): readonly Fault[] {
  return Object.entries(settings)
    .filter(([, received]) => received !== undefined)
    .map(([field, received]) => ({ field, received, legal: `only together with ${other}` }));
}

/** Tells a behaviour from other exports of a file. */
export function isBehaviour(value: unknown): value is Behaviour {
  return typeof value === 'object' && value !== null && 'settings' in value && 'start' in value;
}
