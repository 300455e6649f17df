import type { Clock, HttpClient, Machine } from '../experiment/instruments.ts';
import type { LocalHost } from '../targets/local/local-host.ts';

/** A place to write text to. */
export interface Output {
  write(text: string): void;
  /** False when redirected: then plain lines, no control codes. */
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly colour: boolean;
}

/** All that commands know of the outside world; made by `main.ts` alone. */
export interface Host {
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  readonly repositoryRoot: string;
  readonly nodeVersion: string;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Aborts on SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** Aborts on the second of them. */
  readonly urgentSignal: AbortSignal;
  readonly clock: Clock;
  readonly machine: Machine;
  readonly http: HttpClient;
  readonly local: LocalHost;
  /** Random characters for an id. */
  randomId(): string;
}

/** Exit codes of every command; when several apply the first of 70, 1, 3, 0 wins. */
export const exitCodes = {
  asDeclared: 0,
  notAsDeclared: 1,
  usage: 2,
  inconclusive: 3,
  internal: 70,
} as const;
