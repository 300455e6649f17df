import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { killRest } from './guard-cleanup.ts';
import type { LocalHost } from './local-host.ts';
import { identifyProcess, isProcessIdentity, isRunning } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

const prefix = 'backend-load-testing-';
const ownerFile = 'owner.json';

/** The private folder of one run, for all that only lives as long as the lab. */
export interface Workspace {
  readonly folder: string;
  /** Below it: where the services work, and where their temporary files go. */
  readonly workFolder: string;
  remove(): void;
}

/** Where the private folder of a run will be. */
export function toWorkspaceFolder(host: LocalHost, runId: string): string {
  return join(host.temporaryFolder, `${prefix}${runId}`);
}

/**
 * Makes the private folder with a note of its owner. For root its mode is 0711, so that PostgreSQL's unprivileged user
 * can pass through it (nobody else can list it, and secrets in it have modes of their own); else 0700.
 */
export function createWorkspace(host: LocalHost, runId: string): Workspace {
  const owner = identifyProcess(host.pid, host.platform);
  if (owner === null) throw new Error(`the start time of process ${host.pid} cannot be read`);
  const folder = toWorkspaceFolder(host, runId);
  // The folder appears under its name together with its owner, so a clean-up never meets one without an owner.
  const nascent = mkdtempSync(join(host.temporaryFolder, `.${prefix}${host.pid}-`));
  try {
    writeFileSync(join(nascent, ownerFile), JSON.stringify({ runId, ...owner }), { mode: 0o600 });
    chmodSync(nascent, host.userId === 0 ? 0o711 : 0o700);
    renameSync(nascent, folder);
  } catch (error) {
    rmSync(nascent, { recursive: true, force: true });
    throw error;
  }
  const workFolder = join(folder, 'work');
  mkdirSync(workFolder, { mode: 0o700 });
  return {
    folder,
    workFolder,
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/**
 * Removes what earlier runs of this user left behind, and kills what still runs of them. Only folders whose owner is
 * dead are touched; one without a readable owner is left alone. Returns the ids of the runs that were cleaned up.
 */
export async function removeAbandonedWorkspaces(host: LocalHost): Promise<readonly string[]> {
  removeNascent(host);
  const removed: string[] = [];
  for (const name of readdirSync(host.temporaryFolder).filter((entry) => entry.startsWith(prefix))) {
    const folder = join(host.temporaryFolder, name);
    const owner = readOwner(folder, host.userId);
    if (owner === null || `${prefix}${owner.runId}` !== name || isRunning(owner, host.platform)) continue;
    await killRest(host, owner.runId, [folder]);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    removed.push(owner.runId);
  }
  return removed;
}

/** Folders that did not get as far as their name: a lab was killed while it made them. */
function removeNascent(host: LocalHost): void {
  for (const name of readdirSync(host.temporaryFolder)) {
    const pid = new RegExp(`^\\.${prefix}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || identifyProcess(Number(pid), host.platform) !== null) continue;
    const folder = join(host.temporaryFolder, name);
    if (isOwnFolder(folder, host.userId)) rmSync(folder, { recursive: true, force: true });
  }
}

/** False for a folder of another user, and for a link. */
function isOwnFolder(folder: string, userId: number | null): boolean {
  const status = lstatSync(folder, { throwIfNoEntry: false });
  return status !== undefined && status.isDirectory() && (userId === null || status.uid === userId);
}

/** Null for a folder of another user, a link, or one without a note that can be read. */
function readOwner(
  folder: string,
  userId: number | null,
): (ProcessIdentity & { readonly runId: string }) | null {
  try {
    if (!isOwnFolder(folder, userId)) return null;
    const owner: unknown = JSON.parse(readFileSync(join(folder, ownerFile), 'utf8'));
    if (!isProcessIdentity(owner) || !('runId' in owner) || typeof owner.runId !== 'string') return null;
    return { pid: owner.pid, startTime: owner.startTime, runId: owner.runId };
  } catch {
    return null;
  }
}
