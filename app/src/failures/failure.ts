import type { Static, TObject } from 'typebox';
import type { Call } from '../kernel/call.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
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

export interface FailureContext {
  /** Pass it to every port; its signal ends every wait. */
  readonly call: Call;
  readonly database: Database;
  readonly downstream: Downstream;
  readonly clock: Clock;
  readonly random: Random;
}

export interface Failure<Parameters extends TObject = TObject, Answer extends TObject = TObject> {
  readonly kind: 'failure';
  /** Equal to the file's name. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** One sentence for people: what it really does. */
  readonly summary: string;
  /** Query parameters: flat, each with bounds, a default and its unit. Maxima and defaults can be overridden by configuration. */
  readonly parameters: Parameters;
  /** What was done; `durationMs` and `replica` are added to it. */
  readonly answer: Answer;
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
