import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Guard } from './guard.ts';
import type { Confinement } from './limits/confinement.ts';
import type { LocalHost } from './local-host.ts';
import { readLogTail } from './log-tail.ts';
import { killGroup, stopGroup } from './process-group.ts';
import { TargetError } from './target-error.ts';
import { orAborted } from './waiting.ts';

const listenDeadlineMs = 20_000;

export interface ServiceOptions {
  /** For example `backend-1`; also the name of the log file. */
  readonly name: string;
  /** The compiled program of the service. */
  readonly program: string;
  /** The whole environment: nothing of the lab's own is passed on. */
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly logFolder: string;
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number;
  readonly guard: Guard;
  /** What the process starts in and is held by. */
  readonly confinement?: Confinement | undefined;
  readonly signal: AbortSignal;
}

/** `code` is null for a process that a signal has ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running service that listens. */
export interface ServiceProcess {
  readonly pid: number;
  readonly port: number;
  readonly controlPort: number;
  readonly logFile: string;
  /** How it ended, whoever asked for it. */
  readonly exited: Promise<ProcessEnd>;
  /** Rejects when the service ends unasked: how, and its last log lines. */
  readonly failed: Promise<never>;
  /** SIGTERM, after the grace SIGKILL. Idempotent. */
  stop(): Promise<void>;
}

/** What a service says through its IPC channel once both of its servers listen. */
interface ListeningMessage {
  readonly type: 'listening';
  readonly port: number;
  readonly controlPort: number;
}

/**
 * Starts a service in a process group of its own and waits until it listens. Throws `service-failed` with its last log
 * lines when it ends first or does not listen in time, `not-built` when its program is missing.
 */
export async function startService(host: LocalHost, options: ServiceOptions): Promise<ServiceProcess> {
  options.signal.throwIfAborted();
  if (!existsSync(options.program)) {
    throw new TargetError('not-built', `${options.program} is missing. Run: npm run build`);
  }
  const logFile = join(options.logFolder, `${options.name}.log`);
  const log = openSync(logFile, 'a');
  const { command, args } = options.confinement?.wrap(host.execPath, [options.program]) ?? {
    command: host.execPath,
    args: [options.program],
  };
  const child = spawn(command, args, {
    cwd: options.folder,
    env: { ...options.environment },
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const pid = child.pid ?? 0;
  if (child.pid !== undefined) {
    options.guard.registerProcess(child.pid);
    options.confinement?.adopt(child.pid);
  }

  let isStopping = false;
  const failed = watchEnd(host, child, options, logFile, () => isStopping);
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    isStopping = true;
    return (stopping ??= stopGroup(host, child, options.graceMs));
  };
  try {
    const { port, controlPort } = await orAborted(
      Promise.race([waitForListening(child, options.name, logFile), failed]),
      options.signal,
    );
    return { pid, port, controlPort, logFile, exited: endOf(child), failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function watchEnd(
  host: LocalHost,
  child: ChildProcess,
  options: ServiceOptions,
  logFile: string,
  isStopping: () => boolean,
): Promise<never> {
  const failed = new Promise<never>((_resolve, reject) => {
    const fail = (how: string): void => {
      if (isStopping()) return;
      reject(
        new TargetError('service-failed', `${options.name} ended unasked (${how}):${readLogTail(logFile)}`),
      );
    };
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => {
      // What the leader has left of its group; the group's number cannot have been given away yet.
      if (child.pid !== undefined) killGroup(host, child.pid, 'SIGKILL');
      if (child.pid !== undefined) options.guard.forgetProcess(child.pid);
      options.confinement?.release();
      fail(signal ?? `exit code ${code}`);
    });
  });
  failed.catch(() => undefined);
  return failed;
}

function endOf(child: ChildProcess): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null)
      resolve({ code: child.exitCode, signal: child.signalCode });
    else child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

function waitForListening(child: ChildProcess, name: string, logFile: string): Promise<ListeningMessage> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const tail = readLogTail(logFile);
      reject(
        new TargetError(
          'service-failed',
          `${name} did not listen within ${listenDeadlineMs / 1000} s:${tail}`,
        ),
      );
    }, listenDeadlineMs);
    child.on('message', (message) => {
      if (!isListening(message)) return;
      clearTimeout(timer);
      resolve(message);
    });
    child.once('exit', () => clearTimeout(timer));
  });
}

function isListening(message: unknown): message is ListeningMessage {
  if (typeof message !== 'object' || message === null) return false;
  const { type, port, controlPort } = message as Record<string, unknown>;
  return type === 'listening' && typeof port === 'number' && typeof controlPort === 'number';
}
