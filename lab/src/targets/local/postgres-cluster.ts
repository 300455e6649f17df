import { chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Guard } from './guard.ts';
import type { LocalHost } from './local-host.ts';
import { toLogTail } from './log-tail.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { runCommand } from './run-command.ts';
import { TargetError } from './target-error.ts';

/** The superuser of the clusters that the lab makes. */
export const adminRole = 'lab_admin';

const initdbDeadlineMs = 60_000;

export interface ClusterOptions {
  readonly binaries: PostgresBinaries;
  /** Made by this call, owned by PostgreSQL's user; holds the data folder. */
  readonly folder: string;
  readonly adminPassword: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly guard: Guard;
  readonly signal: AbortSignal;
}

/**
 * Makes a database cluster and gives its data folder. Passwords are required even on the loopback address: other users
 * of the machine can connect to it. `--no-sync` spares a second; it matters only if the machine itself dies.
 * Throws `postgres-failed` with initdb's last lines; the folder is removed then.
 */
export async function createCluster(host: LocalHost, options: ClusterOptions): Promise<string> {
  const { binaries, folder, guard } = options;
  const dataFolder = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(passwordFile, options.adminPassword, { mode: 0o600 });
  for (const path of [folder, passwordFile]) give(path, binaries);

  let pid: number | undefined;
  try {
    const result = await runCommand(
      host,
      join(binaries.binFolder, 'initdb'),
      [
        `--pgdata=${dataFolder}`,
        `--username=${adminRole}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--no-sync',
        '--no-instructions',
      ],
      {
        environment: options.environment,
        folder,
        user: binaries.user,
        deadlineMs: initdbDeadlineMs,
        signal: options.signal,
        onStarted: (started) => {
          pid = started;
          guard.registerProcess(started);
        },
      },
    );
    if (result.exitCode === 0) return dataFolder;
    const end = result.isLate ? `did not end within ${initdbDeadlineMs / 1000} s` : 'failed';
    throw new TargetError('postgres-failed', `PostgreSQL's initdb ${end}:${toLogTail(result.output)}`);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  } finally {
    if (pid !== undefined) guard.forgetProcess(pid);
    rmSync(passwordFile, { force: true });
  }
}

/** Hands a path to PostgreSQL's user; nothing to do when that is the lab's own. */
function give(path: string, { user }: PostgresBinaries): void {
  if (user === null) return;
  chownSync(path, user.userId >>> 0, user.groupId >>> 0);
}
