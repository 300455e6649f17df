/**
 * Why a target could not do what it was asked; the message is written for the person at the terminal.
 *
 * - `no-postgres-binary`: no PostgreSQL for this platform is installed
 * - `no-unprivileged-user`: root, and no user that PostgreSQL could run as
 * - `postgres-failed`: PostgreSQL did not start, or ended; the message carries its last log lines
 * - `database-unreachable`: the given database did not answer, or refused; never carries the password
 * - `port-taken`: a port of the specification is in use
 * - `run-in-progress`: another measuring run of this user is alive
 * - `not-built`: a compiled program is missing
 * - `service-failed`: a service did not start, did not become ready, or ended; with its last log lines
 * - `guard-lost`: the guard process ended while the lab lives
 * - `not-supported`: the target cannot do this
 * - `engine-unusable`: Docker or the cluster is missing, does not answer, or is not one that may be used; with what to do
 * - `image-missing`: an image was not built, or is not on the node; with the command for it
 * - `command-failed`: docker or kubectl refused; with its last words
 */
export type TargetErrorCode =
  | 'no-postgres-binary'
  | 'no-unprivileged-user'
  | 'postgres-failed'
  | 'database-unreachable'
  | 'port-taken'
  | 'run-in-progress'
  | 'not-built'
  | 'service-failed'
  | 'guard-lost'
  | 'not-supported'
  | 'engine-unusable'
  | 'image-missing'
  | 'command-failed';

/** Recognise it by `code`, not by class. */
export class TargetError extends Error {
  override readonly name = 'TargetError';
  readonly code: TargetErrorCode;

  constructor(code: TargetErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
