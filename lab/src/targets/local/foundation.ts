import { join } from 'node:path';
import { useExternalDatabase } from './external-database.ts';
import type { DatabaseServer } from './database-server.ts';
import { toMarkerEnvironment } from './guard.ts';
import type { Guard } from './guard.ts';
import type { LocalHost } from './local-host.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { startPostgres } from './postgres.ts';
import { createStopStack } from './stop-stack.ts';
import { createWorkspace, removeAbandonedWorkspaces, toWorkspaceFolder } from './workspace.ts';
import type { Workspace } from './workspace.ts';

export interface FoundationOptions {
  readonly runId: string;
  /** The clone: its `lab/dist` and the services are run from there. */
  readonly repositoryRoot: string;
  /** A server to use instead of starting one. */
  readonly databaseUrl?: string | undefined;
  /** A folder with `initdb` and `postgres` to use instead of the installed ones. */
  readonly postgresBinFolder?: string | undefined;
  /** `emulated`: as if the kernel could not limit anything (the variable `LAB_LIMITS`). */
  readonly limits?: string | undefined;
  /** One line for the person at the terminal. */
  readonly log?: ((line: string) => void) | undefined;
}

/** What all systems of a run share. */
export interface Foundation {
  readonly guard: Guard;
  readonly workspace: Workspace;
  readonly database: DatabaseServer;
  /** The base of every child's environment; nothing of the user's own is in it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends PostgreSQL and removes the private folder. Idempotent. */
  close(): Promise<void>;
}

/** Cleans up after dead runs, then starts PostgreSQL (or reaches the given one). About a second. */
export async function startFoundation(
  host: LocalHost,
  guard: Guard,
  options: FoundationOptions,
  signal: AbortSignal,
): Promise<Foundation> {
  const guardReady = guard.ready(signal);
  guardReady.catch(() => undefined);
  const cleaned = await removeAbandonedWorkspaces(host);
  for (const runId of cleaned) options.log?.(`cleaned up after run ${runId}, which had been killed`);

  const stops = createStopStack();
  try {
    const folder = toWorkspaceFolder(host, options.runId);
    guard.registerFolder(folder);
    const workspace = createWorkspace(host, options.runId);
    stops.add(() => {
      workspace.remove();
      guard.forgetFolder(folder);
    });
    const environment = toBaseEnvironment(workspace, options.runId);
    const database = await openDatabase(host, { guard, workspace, environment }, options, signal);
    stops.add(() => database.stop());
    await guardReady;
    return { guard, workspace, database, environment, close: () => stops.stopAll() };
  } catch (error) {
    await stops.stopAll();
    throw error;
  }
}

async function openDatabase(
  host: LocalHost,
  { guard, workspace, environment }: Pick<Foundation, 'guard' | 'workspace' | 'environment'>,
  options: FoundationOptions,
  signal: AbortSignal,
): Promise<DatabaseServer> {
  if (options.databaseUrl !== undefined) return useExternalDatabase(options.databaseUrl, guard, signal);
  const binaries = await findPostgresBinaries(host, {
    binFolder: options.postgresBinFolder,
    copyFolder: join(workspace.folder, 'postgres-programs'),
    signal,
  });
  const folder = join(workspace.folder, 'postgres');
  const logFile = join(workspace.folder, 'postgres.log');
  return startPostgres(host, { binaries, folder, logFile, environment, guard, signal });
}

function toBaseEnvironment(workspace: Workspace, runId: string): Readonly<Record<string, string>> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: workspace.workFolder,
    TMPDIR: workspace.workFolder,
    TZ: 'UTC',
    LANG: 'C',
    ...toMarkerEnvironment(runId),
  };
}
