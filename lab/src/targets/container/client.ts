import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Guard } from '../local/guard.ts';
import type { LocalHost } from '../local/local-host.ts';
import { toLogTail } from '../local/log-tail.ts';
import { killGroup } from '../local/process-group.ts';
import { TargetError } from '../local/target-error.ts';
import { openConversation, type Conversation } from './conversation.ts';

/** A program that commands an engine or a cluster: `docker` or `kubectl`. */
export interface Client {
  /** Runs a command to its end, whatever its exit code. Rejects only with the signal's reason. */
  attempt(args: readonly string[], options?: CommandOptions): Promise<Answer>;
  /** What it wrote to standard output. Throws `command-failed` with its own last words unless it exits with 0. */
  run(args: readonly string[], options?: CommandOptions): Promise<string>;
  /** A command that goes on until it is stopped. */
  open(args: readonly string[], onLine: (line: string) => void): Conversation;
}

export interface CommandOptions {
  readonly input?: string;
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  /** Null when it was killed, at its deadline or on abort, or when there is no such program. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ClientOptions {
  readonly program: string;
  /** Before the arguments of every command. */
  readonly prefix?: readonly string[];
  /** All of it: the client needs its user's, to find its configuration. */
  readonly environment: Readonly<Record<string, string>>;
  readonly guard: Guard;
}

/** Far more than any command takes where the engine answers at all. */
const usualDeadlineMs = 60_000;

export function createClient(host: LocalHost, options: ClientOptions): Client {
  const { program, prefix = [] } = options;
  const start = (args: readonly string[]): ChildProcess => {
    const child = spawn(program, [...prefix, ...args], {
      env: { ...options.environment },
      // Where the user works there may be a Compose file or a .env of his own.
      cwd: host.temporaryFolder,
      // A group of its own: Ctrl-C is for the lab, which ends its clients itself.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const { pid } = child;
    if (pid !== undefined) {
      options.guard.registerProcess(pid);
      child.once('exit', () => options.guard.forgetProcess(pid));
    }
    // A command that has ended before it read all of its input says so by its exit code.
    child.stdin?.on('error', () => undefined);
    return child;
  };
  const attempt = (args: readonly string[], command: CommandOptions = {}): Promise<Answer> =>
    finish(host, start(args), command);
  return {
    attempt,
    run: async (args, command) => {
      const { exitCode, stdout, stderr } = await attempt(args, command);
      if (exitCode === 0) return stdout;
      const how = exitCode === null ? 'did not end in time' : `exit code ${exitCode}`;
      throw new TargetError(
        'command-failed',
        `${program} ${toShortLine(args)} failed (${how}):${toLogTail(stderr || stdout, 6)}`,
      );
    },
    open: (args, onLine) => openConversation(host, start(args), onLine),
  };
}

async function finish(
  host: LocalHost,
  child: ChildProcess,
  { input, deadlineMs = usualDeadlineMs, signal }: CommandOptions,
): Promise<Answer> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const kill = (): void => {
    if (child.pid !== undefined) killGroup(host, child.pid, 'SIGKILL');
  };
  const timer = setTimeout(kill, deadlineMs);
  signal?.addEventListener('abort', kill, { once: true });
  if (signal?.aborted === true) kill();
  child.stdin?.end(input);
  try {
    const exitCode = await new Promise<number | null>((resolve) => {
      child.once('error', (error) => {
        stderr += error.message;
        resolve(null);
      });
      child.once('close', (code) => resolve(code));
    });
    signal?.throwIfAborted();
    return { exitCode, stdout, stderr };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', kill);
  }
}

/** Without what may be long or secret: statements and scripts. */
function toShortLine(args: readonly string[]): string {
  const words = args.slice(0, 6).map((word) => word.split('\n')[0]?.slice(0, 60) ?? '');
  return `${words.join(' ')}${args.length > 6 ? ' …' : ''}`;
}
