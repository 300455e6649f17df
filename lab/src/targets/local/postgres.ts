import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseServer } from './database-server.ts';
import type { Guard } from './guard.ts';
import type { LocalHost } from './local-host.ts';
import { readLogTail } from './log-tail.ts';
import { findFreePort } from './ports.ts';
import { createDatabaseFor, createPassword, toUrl } from './postgres-databases.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { adminRole, createCluster } from './postgres-cluster.ts';
import { runSql } from './sql-session.ts';
import { TargetError } from './target-error.ts';
import { waitUntil } from './waiting.ts';

const startDeadlineMs = 30_000;
const stopDeadlineMs = 5_000;
/** Somebody else may take the port between the moment it was found free and the server's start. */
const portAttempts = 5;

export interface PostgresOptions {
  readonly binaries: PostgresBinaries;
  /** Made by the server, removed when it stops; its parent must be passable for PostgreSQL's user. */
  readonly folder: string;
  readonly logFile: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly guard: Guard;
  readonly signal: AbortSignal;
}

/**
 * Makes a cluster and starts its server, on a free port of the loopback address only. Throws `postgres-failed` with
 * the server's last log lines; nothing is left then.
 */
export async function startPostgres(host: LocalHost, options: PostgresOptions): Promise<DatabaseServer> {
  const adminPassword = createPassword();
  const dataFolder = await createCluster(host, { ...options, adminPassword });
  try {
    const { postmaster, port } = await startOnFreePort(dataFolder, options);
    try {
      return await toServer(postmaster, toUrl(port, adminRole, adminPassword, 'postgres'), options);
    } catch (error) {
      await postmaster.stop();
      throw error;
    }
  } catch (error) {
    rmSync(options.folder, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  }
}

async function toServer(
  postmaster: Postmaster,
  adminUrl: string,
  options: PostgresOptions,
): Promise<DatabaseServer> {
  const application = { role: 'lab_app', password: createPassword() };
  const limits = { connectDeadlineMs: 5_000, statementDeadlineMs: 10_000, signal: options.signal };
  await runSql(
    adminUrl,
    [`CREATE ROLE ${application.role} LOGIN NOSUPERUSER PASSWORD '${application.password}'`],
    limits,
  );
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await postmaster.stop();
    rmSync(options.folder, { recursive: true, force: true, maxRetries: 5 });
  };
  return {
    version: options.binaries.version,
    adminUrl,
    postmasterPid: postmaster.pid,
    failed: postmaster.failed,
    createDatabase: (name, wanted) => createDatabaseFor(application, adminUrl, name, wanted),
    stop: () => (stopping ??= stop()),
  };
}

interface Postmaster {
  readonly pid: number;
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

async function startOnFreePort(
  dataFolder: string,
  options: PostgresOptions,
): Promise<{ readonly postmaster: Postmaster; readonly port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await findFreePort();
    try {
      return { postmaster: await startPostmaster(dataFolder, port, options), port };
    } catch (error) {
      const isPortTaken = /Address already in use/.test(readLogTail(options.logFile));
      if (!isPortTaken || attempt === portAttempts) throw error;
    }
  }
}

async function startPostmaster(
  dataFolder: string,
  port: number,
  options: PostgresOptions,
): Promise<Postmaster> {
  options.signal.throwIfAborted();
  const { binaries, guard } = options;
  const log = openSync(options.logFile, 'w', 0o600);
  const child = spawn(
    join(binaries.binFolder, 'postgres'),
    ['-D', dataFolder, ...toArguments(toSettings(port))],
    {
      cwd: dataFolder,
      env: { ...options.environment },
      detached: true,
      stdio: ['ignore', log, log],
      ...(binaries.user === null ? {} : { uid: binaries.user.userId, gid: binaries.user.groupId }),
    },
  );
  closeSync(log);
  const pid = child.pid ?? 0;
  if (child.pid !== undefined) guard.registerPostgres(child.pid);

  let isStopping = false;
  const failed = new Promise<never>((_resolve, reject) => {
    const fail = (how: string): void => {
      guard.forgetProcess(pid);
      if (isStopping) return;
      reject(
        new TargetError(
          'postgres-failed',
          `PostgreSQL ended unasked (${how}):${readLogTail(options.logFile)}`,
        ),
      );
    };
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => fail(signal ?? `exit code ${code}`));
  });
  failed.catch(() => undefined);
  const stop = async (): Promise<void> => {
    isStopping = true;
    await stopPostmaster(child);
  };

  try {
    const isReady = await Promise.race([waitUntilReady(dataFolder, pid, options.signal), failed]);
    if (isReady) return { pid, failed, stop };
    const tail = readLogTail(options.logFile);
    throw new TargetError(
      'postgres-failed',
      `PostgreSQL was not ready within ${startDeadlineMs / 1000} s:${tail}`,
    );
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The eighth line of postmaster.pid is the server's status (miscadmin.h, `LOCK_FILE_LINE_PM_STATUS`). */
function waitUntilReady(dataFolder: string, pid: number, signal: AbortSignal): Promise<boolean> {
  const isReady = (): boolean => {
    const lines = readIfThere(join(dataFolder, 'postmaster.pid')).split('\n');
    return lines[0] === String(pid) && lines[7]?.trim() === 'ready';
  };
  return waitUntil(isReady, { deadlineMs: startDeadlineMs, intervalMs: 10, signal });
}

/**
 * SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one. The pid is still ours: a child that has not been
 * reaped keeps it. After SIGKILL its children end by themselves, since they watch the postmaster.
 */
async function stopPostmaster(child: ChildProcess): Promise<void> {
  const hasEnded = (): boolean =>
    child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (hasEnded()) return;
    child.kill(signal);
    await waitUntil(hasEnded, { deadlineMs: stopDeadlineMs, intervalMs: 5 });
  }
}

/**
 * Durability is PostgreSQL's default and stays on: an acknowledged commit must survive `kill -9`. No checkpoint falls
 * into a run of some minutes by the clock: it would be a disturbance that nobody declared.
 */
function toSettings(port: number): Readonly<Record<string, string>> {
  return {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: '32MB',
    huge_pages: 'off',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    checkpoint_timeout: '30min',
    logging_collector: 'off',
    log_checkpoints: 'off',
  };
}

function toArguments(settings: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
