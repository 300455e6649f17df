import { spawn } from 'node:child_process';
import type { LocalHost } from './local-host.ts';

export interface CommandOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  /** The user that the command runs as; null: the lab's own. */
  readonly user: { readonly userId: number; readonly groupId: number } | null;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Called in the same tick in which the process was made. */
  readonly onStarted?: (pid: number) => void;
}

export interface CommandResult {
  /** Null when a signal ended it or it could not be started at all. */
  readonly exitCode: number | null;
  /** Standard output and standard error, as they came. */
  readonly output: string;
  /** True when the deadline ended it. */
  readonly isLate: boolean;
}

/**
 * Runs one command to its end, in a process group of its own, which is killed at the deadline and on abort. A command
 * that cannot be started gives an exit code of null and the reason as its output. Rejects only with the signal's reason.
 */
export async function runCommand(
  host: LocalHost,
  file: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  options.signal.throwIfAborted();
  const child = spawn(file, args, {
    cwd: options.folder,
    env: { ...options.environment },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.user === null ? {} : { uid: options.user.userId, gid: options.user.groupId }),
  });
  const { pid } = child;
  if (pid !== undefined) options.onStarted?.(pid);

  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);

  let isLate = false;
  const kill = (): void => {
    // The group may be gone already; then there is nothing left to do.
    try {
      if (pid !== undefined) host.kill(-pid, 'SIGKILL');
    } catch {}
  };
  const timer = setTimeout(() => {
    isLate = true;
    kill();
  }, options.deadlineMs);
  options.signal.addEventListener('abort', kill, { once: true });
  try {
    const exitCode = await new Promise<number | null>((resolve) => {
      child.once('error', (error) => {
        output += error.message;
        resolve(null);
      });
      child.once('close', resolve);
    });
    options.signal.throwIfAborted();
    return { exitCode, output, isLate };
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', kill);
  }
}
