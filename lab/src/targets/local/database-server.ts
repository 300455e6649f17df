/** A database of its own for one system. */
export interface CreatedDatabase {
  /** With the application's user and password: `postgresql://…`. */
  readonly url: string;
  /** Ends every session in it and removes it. Idempotent. */
  drop(): Promise<void>;
}

export interface DatabaseOptions {
  /** Sessions that it admits at once, superusers aside; beyond it SQLSTATE 53300. */
  readonly connectionLimit?: number | undefined;
  readonly signal: AbortSignal;
}

/** Where databases are made: PostgreSQL started by the lab, or one that the user has named. */
export interface DatabaseServer {
  /** For example `18.4`. */
  readonly version: string;
  /** May create databases. Contains a password. */
  readonly adminUrl: string;
  /** The postmaster; null when the server is not the lab's. */
  readonly postmasterPid: number | null;
  /** Rejects when the server ends unasked; with its last log lines. */
  readonly failed: Promise<never>;
  createDatabase(name: string, options: DatabaseOptions): Promise<CreatedDatabase>;
  /** Idempotent. A server that is not the lab's goes on running. */
  stop(): Promise<void>;
}
