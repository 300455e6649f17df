import type { Static, TObject } from 'typebox';
import type { Computation } from '../computations/computation.ts';
import type { Call } from '../kernel/call.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { ProcessReadings } from '../kernel/readings.ts';
import type { Statement } from '../kernel/statement.ts';

export interface Transaction {
  query<Row>(statement: Statement): Promise<readonly Row[]>;
  /**
   * Work that does not need the database. The connection stays held meanwhile, unless the protection
   * `release-connection` is on: then what was done so far is committed and the connection given back.
   */
  outside<T>(work: () => Promise<T>): Promise<T>;
}

/** The database as handlers see it. A wait for a connection ends only with the call's signal, or by configuration. */
export interface Database {
  /** One statement on a connection of the pool. */
  query<Row>(statement: Statement, call: Call): Promise<readonly Row[]>;
  /** Commits when `work` resolves, rolls back when it rejects. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>, call: Call): Promise<T>;
}

/** The downstream service as handlers see it. */
export interface Downstream {
  /**
   * `GET path`; resolves when the whole answer is there and its status is below 400.
   * @throws Problem DOWNSTREAM_ERROR, or what a protection of the edge throws. It has no timeout of its own.
   */
  call(path: string, call: Call): Promise<void>;
}

/** The CPU as handlers see it: a computation runs on the event loop, unless a protection takes it elsewhere. */
export type Compute = <Input, Output>(
  computation: Computation<Input, Output>,
  input: Input,
  call: Call,
) => Promise<Output>;

/** The cache as handlers see it; in this process, or Redis when REDIS_URL is set. */
export interface Cache {
  /**
   * The value of a key: from the cache, or made by `load` and stored for `ttlMs`. Values are JSON. Without protections
   * every caller that finds nothing loads. A cache that does not answer is a miss.
   */
  read<T>(key: string, ttlMs: number, load: (call: Call) => Promise<T>, call: Call): Promise<T>;
  /**
   * Keeps a value in this process for ever, as a cache without a bound does; `sizeBytes` is what it weighs. Resolves with
   * the bytes that are kept then.
   */
  keep(key: string, value: unknown, sizeBytes: number, call: Call): Promise<number>;
  /** Forgets everything that was kept in this process; returns how many bytes. */
  clearKept(): number;
}

/** A body that is written piece by piece, for answers that do not fit into memory or are not all there yet. */
export interface AnswerStream {
  /**
   * Takes the piece in any case, into memory if need be; false when the client reads more slowly than it is written.
   * @throws Problem CLIENT_LEFT
   */
  write(piece: Uint8Array): boolean;
  /** Resolves when what was taken in has left; rejects when the client has left or the signal aborts. */
  drained(signal: AbortSignal): Promise<void>;
  /** Bytes taken in that have not left this process. */
  readonly waitingBytes: number;
}

export interface FailureContext {
  /** Pass it to every port; its signal ends every wait. */
  readonly call: Call;
  readonly database: Database;
  readonly downstream: Downstream;
  /** This service itself, or another one of its kind (NEXT_HOP_URL), over a real connection. */
  readonly nextHop: Downstream;
  readonly compute: Compute;
  readonly cache: Cache;
  readonly readings: ProcessReadings;
  /**
   * Only for a failure that `streams`: sends the head (status 200) and opens the body; what `run` resolves with is not
   * sent then. The request ends when the last byte has left; when `run` rejects, the connection is broken off.
   */
  openStream(): AnswerStream;
  readonly clock: Clock;
  readonly random: Random;
}

export interface Failure<Parameters extends TObject = TObject, Answer extends TObject = TObject> {
  readonly kind: 'failure';
  /** Equal to the file's name. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  /** True when it blocks the event loop by design: no deadline and no probe can come between. */
  readonly blocksEventLoop?: boolean;
  readonly path: string;
  /** One sentence for people: what it really does. */
  readonly summary: string;
  /** Query parameters: flat, each with bounds, a default and its unit. Maxima and defaults can be overridden by configuration. */
  readonly parameters: Parameters;
  /** What was done; `durationMs` and `replica` are added to it. */
  readonly answer: Answer;
  /** The content type of the body, when it opens a stream instead of answering JSON. */
  readonly streams?: string;
  /** SQL that makes what it needs in the database; idempotent, run at every start under the migration lock. */
  readonly tables?: readonly string[];
  /** Rejects when any part of the work failed: a request is never answered 200 then. */
  run(parameters: Static<Parameters>, context: FailureContext): Promise<Static<Answer>>;
}

/** Declares the failure of a file; the file exports exactly this one value. */
export function defineFailure<const Parameters extends TObject, const Answer extends TObject>(
  definition: Omit<Failure<Parameters, Answer>, 'kind'>,
): Failure<Parameters, Answer> {
  return { kind: 'failure', ...definition };
}
