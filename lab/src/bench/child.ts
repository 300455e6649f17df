import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseProcStat, ticksPerSecond } from '../core/proc-stat.ts';

/** A helper program of the bench with an IPC channel, ended with the bench. */
export interface BenchChild {
  /** The next message of the program; rejects when it ended or sent an error. */
  next<T>(): Promise<T>;
  send(message: object): void;
  stop(): Promise<void>;
}

export interface BenchHost {
  readonly execPath: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly onSpawn: (pid: number) => void;
}

export function startChild(
  host: BenchHost,
  entry: 'bare-server' | 'bare-pg-server' | 'closed-loop' | 'balancer' | 'fault-proxy',
  environment: Readonly<Record<string, string>> = {},
): BenchChild {
  const program = fileURLToPath(new URL(`../entries/${entry}.js`, import.meta.url));
  const child = spawn(host.execPath, [program], {
    env: { ...host.environment, ...environment },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
  });
  if (child.pid !== undefined) host.onSpawn(child.pid);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    next: <T>() =>
      new Promise<T>((resolve, reject) => {
        child.once('message', (message: T & { error?: string }) => {
          if (message.error === undefined) resolve(message);
          else reject(new Error(`${entry}: ${message.error}`));
        });
        void ended.then(() => reject(new Error(`${entry} ended`)));
      }),
    send: (message) => void child.send(message),
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** CPU seconds of all children of this process that have ended (proc_pid_stat(5): cutime, cstime); null elsewhere. */
export function endedChildrenCpuSeconds(): number | null {
  try {
    const stat = parseProcStat(readFileSync('/proc/self/stat', 'latin1'));
    return stat === null ? null : stat.endedChildrenTicks / ticksPerSecond;
  } catch {
    return null;
  }
}

/** Resolves with the exit code. */
function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
}

/** Resolves when the process has ended, with all of its output; what was not piped is empty. */
export async function outputOf(
  child: ChildProcess,
): Promise<{ readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exitCode = await ended(child);
  return { exitCode, stdout, stderr };
}
