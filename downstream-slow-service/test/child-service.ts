import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const LAUNCHER = fileURLToPath(new URL('../bin/start.mjs', import.meta.url));

export interface Child {
  readonly child: ChildProcess;
  /** Resolves when the process is over. */
  readonly ended: Promise<{
    readonly exitCode: number | null;
    readonly stdout: string;
    readonly stderr: string;
  }>;
}

export interface Listening {
  readonly type: string;
  readonly port: number;
  readonly controlPort: number;
}

/** Starts the compiled service with a channel to it, as the lab does. */
export function forkService(env: Record<string, string>): Child {
  return watch(fork(MAIN, { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] }));
}

/** Starts what `npm start` starts, without a channel. */
export function spawnService(env: Record<string, string>): Child {
  return watch(spawn(process.execPath, [LAUNCHER], { env, stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** The message that tells where the service listens. */
export async function whenListening({ child }: Child): Promise<Listening> {
  const [message] = await once(child, 'message');
  return message;
}

/** Not by the event `close`: Node does not send it once the channel has been disconnected. */
function watch(child: ChildProcess): Child {
  const exit = once(child, 'exit');
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const ended = exit.then(async ([exitCode]) => ({ exitCode, stdout: await stdout, stderr: await stderr }));
  return { child, ended };
}

async function collect(stream: Readable | null): Promise<string> {
  let text = '';
  for await (const chunk of stream ?? []) text += String(chunk);
  return text;
}
