import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CleanupCommand, GuardMessage } from './guard-registry.ts';
import type { LocalHost } from './local-host.ts';
import { markerVariable } from './process-table.ts';
import { TargetError } from './target-error.ts';
import { orAborted } from './waiting.ts';

/**
 * The lab's end of its guard: a process of its own session that ends all that is registered when the lab is gone,
 * however it ended. Register in the same tick in which a process is made, so that no moment is unguarded.
 */
export interface Guard {
  /** Resolves when the guard is up; rejects when it could not start. */
  ready(signal: AbortSignal): Promise<void>;
  /** Rejects when the guard ends while the lab lives: then nothing would clean up after the lab. */
  readonly failed: Promise<never>;
  /** The leader of a process group; it should carry the run's marker (`toMarkerEnvironment`). */
  registerProcess(pid: number): void;
  /** A postmaster. */
  registerPostgres(pid: number): void;
  forgetProcess(pid: number): void;
  registerFolder(folder: string): void;
  forgetFolder(folder: string): void;
  /** A database in a server that is not the lab's. */
  registerDatabase(name: string, adminUrl: string): void;
  forgetDatabase(name: string): void;
  /** The folder of a control group of this run (`toGroupName`); may be called before it is made. */
  registerCgroup(folder: string): void;
  forgetCgroup(folder: string): void;
  /** Ends what is no process of this machine. */
  registerCommand(command: CleanupCommand): void;
  forgetCommand(name: string): void;
  /** Normal end, when all has been stopped: the guard ends without touching anything. Idempotent. */
  release(): Promise<void>;
  /** As if the lab had died: the guard ends all that is registered, removes the folders, and ends. Idempotent. */
  endAll(): Promise<void>;
}

export interface GuardOptions {
  readonly runId: string;
  readonly repositoryRoot: string;
}

/** What the environment of every process of a run carries, the driver's too. */
export function toMarkerEnvironment(runId: string): Readonly<Record<string, string>> {
  return { [markerVariable]: runId };
}

/** Starts the guard. Returns at once: messages wait in the pipe until it reads them. */
export function startGuard(host: LocalHost, options: GuardOptions): Guard {
  const program = join(options.repositoryRoot, 'lab', 'dist', 'entries', 'guard.js');
  if (!existsSync(program)) throw new TargetError('not-built', `${program} is missing. Run: npm run build`);

  const child = spawn(host.execPath, [program], {
    cwd: '/',
    env: toMarkerEnvironment(options.runId),
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });

  let isClosed = false;
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  const failed = new Promise<never>((_resolve, reject) => {
    const fail = (reason: string): void => {
      if (isClosed) return;
      reject(new TargetError('guard-lost', `the guard process ended while the lab was running: ${reason}`));
    };
    child.once('close', () => fail(complaints.trim() || 'it left no message'));
    child.once('error', (error) => fail(error.message));
  });
  failed.catch(() => undefined);
  const answered = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  // A write to a guard that is gone shows up as `failed`.
  child.stdin.on('error', () => undefined);

  function send(message: GuardMessage): void {
    if (!isClosed) child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  async function close(): Promise<void> {
    isClosed = true;
    child.stdin.end();
    await ended;
  }

  return {
    ready: (signal) => orAborted(Promise.race([answered, failed]), signal),
    failed,
    registerProcess: (pid) => send({ kind: 'process', pid }),
    registerPostgres: (pid) => send({ kind: 'postgres', pid }),
    forgetProcess: (pid) => send({ kind: 'forget-process', pid }),
    registerFolder: (folder) => send({ kind: 'folder', folder }),
    forgetFolder: (folder) => send({ kind: 'forget-folder', folder }),
    registerDatabase: (name, adminUrl) => send({ kind: 'database', name, adminUrl }),
    forgetDatabase: (name) => send({ kind: 'forget-database', name }),
    registerCgroup: (folder) => send({ kind: 'cgroup', folder }),
    forgetCgroup: (folder) => send({ kind: 'forget-cgroup', folder }),
    registerCommand: (command) => send({ kind: 'command', command }),
    forgetCommand: (name) => send({ kind: 'forget-command', name }),
    release: () => {
      send({ kind: 'release' });
      return close();
    },
    endAll: close,
  };
}
