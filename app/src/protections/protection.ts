import type { Static, TObject } from 'typebox';
import type { Job } from '../computations/computation.ts';
import type { CacheEntry, Freshness, KeptValues } from '../kernel/caching.ts';
import type { Call, Execute, Work } from '../kernel/call.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { ProcessReadings } from '../kernel/readings.ts';
import type { Statement } from '../kernel/statement.ts';

/** The places where work enters or leaves the backend. A protection wraps exactly one of them. */
export const EDGES = ['request', 'downstream-call', 'database-work', 'computation', 'cache-read'] as const;
export type EdgeName = (typeof EDGES)[number];

/**
 * The order of layers on an edge, outermost first; a closed list, so it never depends on who was switched on first.
 * Fallback sees every error; a deadline covers all waits below it; what turns work away (admission, isolation, an
 * open breaker) does so before anything is spent; the breaker counts a call once however often it was retried;
 * `budgeting` sees each retry and may refuse it; a deadline per attempt is renewed by each retry; `resource` decides how a scarce thing is held, next to the work.
 */
export const LAYERS = [
  'fallback',
  'deadline',
  'admission',
  'isolation',
  'breaking',
  'retrying',
  'budgeting',
  'attempt-deadline',
  'resource',
] as const;
export type LayerName = (typeof LAYERS)[number];

/** A connection taken from the pool; `release` gives it back, once. */
export interface Lease {
  /** When the signal aborts, the server is asked to cancel the statement; rejects with the signal's reason then. */
  query<Row>(statement: Statement, signal?: AbortSignal): Promise<readonly Row[]>;
  /** Sets a parameter of the session for as long as the connection is held; costs a round trip only when it changes. */
  setSession(parameter: SessionParameter, value: string): void;
  release(error?: Error): void;
}

/** Run-time parameters of PostgreSQL that protections set (PostgreSQL documentation, "Client Connection Defaults"). */
export type SessionParameter = 'statement_timeout' | 'lock_timeout';

/** What a transaction holds while it does work outside the database. */
export interface Held {
  /**
   * Commits and gives the connection back; the transaction takes another one at its next statement.
   * False when it held none, for instance in the second of two calls in a row.
   */
  giveBack(): Promise<boolean>;
}

/**
 * What a protection puts around its edge. Every member is optional: a protection has the abilities that it needs.
 * A layer must pass the call on (its signal may be a narrower one) and must not swallow errors.
 */
export interface Layer {
  /** Around the whole piece of work that passes the edge. */
  readonly execute?: Execute;
  /** database-work only: around taking a connection out of the pool. */
  readonly acquire?: (take: Work<Lease>, call: Call) => Promise<Lease>;
  /** database-work only: around work that a transaction does outside the database. */
  readonly outside?: <T>(work: () => Promise<T>, held: Held) => Promise<T>;
  /** computation only: around one job; `here` runs it where it would run without protections. */
  readonly compute?: <T>(job: Job, here: Work<T>, call: Call) => Promise<T>;
  /** cache-read only: judges an entry that was found; `freshness` is what inner layers and the clock say. */
  readonly judge?: (freshness: Freshness, entry: CacheEntry) => Freshness;
  /** cache-read only: around making the value of a key, and storing it. */
  readonly load?: <T>(key: string, load: Work<T>, call: Call) => Promise<T>;
  /** cache-read only: how long an entry lives that would live `ttlMs`. */
  readonly toTtlMs?: (ttlMs: number) => number;
  /** cache-read only: called after a value was kept in this process. */
  readonly bound?: (kept: KeptValues) => void;
  /** Reads the gauges that the definition declares. */
  readonly gauges?: Readonly<Record<string, () => number>>;
  /** Called once when the layer is taken off or replaced: ends timers and threads. Work in flight still ends as it began. */
  readonly close?: () => void;
}

export interface ProtectionContext<Event extends string = string> {
  readonly clock: Clock;
  readonly random: Random;
  readonly readings: ProcessReadings;
  /** Counts one of the declared events in lab_protection_events_total. */
  emit(event: Event): void;
}

/** A gauge of its own that a protection shows in /metrics; 0 while the protection is off. */
export interface GaugeDefinition {
  readonly name: string;
  readonly help: string;
}

export interface Protection<Settings extends TObject = TObject, Event extends string = string> {
  readonly kind: 'protection';
  /** Equal to the file's name. */
  readonly name: string;
  readonly edge: EdgeName;
  readonly layer: LayerName;
  /** One sentence for people. */
  readonly summary: string;
  /** Flat; every setting has bounds and a default, and its unit in the name. */
  readonly settings: Settings;
  /** Everything that it may emit. */
  readonly events: readonly Event[];
  readonly gauges?: readonly GaugeDefinition[];
  /** Called each time the protection is switched on or gets new settings; the layer starts with fresh state. */
  create(settings: Static<Settings>, context: ProtectionContext<Event>): Layer;
}

/** Declares the protection of a file; the file exports exactly this one value. */
export function defineProtection<const Settings extends TObject, const Event extends string>(
  definition: Omit<Protection<Settings, Event>, 'kind'>,
): Protection<Settings, Event> {
  return { kind: 'protection', ...definition };
}
