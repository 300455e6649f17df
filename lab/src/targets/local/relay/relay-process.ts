import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Guard } from '../guard.ts';
import type { LocalHost } from '../local-host.ts';
import { readLogTail } from '../log-tail.ts';
import { killGroup, stopGroup } from '../process-group.ts';
import { TargetError } from '../target-error.ts';
import { orAborted } from '../waiting.ts';
import type { RelayMessage, RelayReply } from './protocol.ts';

const listenDeadlineMs = 20_000;
/** An order is obeyed within milliseconds; more is a machine that stands still. */
const orderDeadlineMs = 5_000;
/** From SIGTERM, which a relay does not catch, to SIGKILL. */
const graceMs = 500;

/** What every relay is started with. */
export interface RelayOptions {
  /** The whole environment: nothing of the lab's own is passed on. */
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly logFolder: string;
  readonly repositoryRoot: string;
  readonly guard: Guard;
  readonly signal: AbortSignal;
}

/** The program and what it is to be. */
export interface RelayProgram<SetUp> {
  readonly entry: 'balancer' | 'fault-proxy';
  /** Also the name of the log file. */
  readonly name: string;
  readonly setUp: SetUp;
}

/** A relay that listens on 127.0.0.1. */
export interface RelayProcess<Order> {
  readonly pid: number;
  readonly port: number;
  /** Resolves with the process's answer when the order is in effect. */
  ask<Answer>(order: Order): Promise<Answer>;
  /** Rejects when the process ends unasked: how, and its last log lines. */
  readonly failed: Promise<never>;
  /** Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts a relay in a process group of its own and waits until it listens. Throws `service-failed` with its last log lines
 * when it cannot listen, ends first or does not listen in time, `not-built` when its program is missing.
 */
export async function startRelayProcess<SetUp, Order>(
  host: LocalHost,
  program: RelayProgram<SetUp>,
  options: RelayOptions,
): Promise<RelayProcess<Order>> {
  options.signal.throwIfAborted();
  const { name } = program;
  const logFile = join(options.logFolder, `${name}.log`);
  const child = spawnRelay(host, program.entry, logFile, options);
  if (child.pid !== undefined) options.guard.registerProcess(child.pid);

  let stopping: Promise<void> | undefined;
  const failed = watchEnd(host, child, options.guard, (how) => {
    const isAsked = stopping !== undefined;
    return isAsked ? null : toError(`${name} ended unasked (${how}):${readLogTail(logFile)}`);
  });
  const stop = (): Promise<void> => (stopping ??= stopGroup(host, child, graceMs));
  const send = (message: RelayMessage<SetUp, Order>): void => {
    // A channel that is closed shows up as the end of the process.
    child.send(message, () => undefined);
  };
  try {
    const listening = waitForListening(child, name);
    send({ type: 'set-up', setUp: program.setUp });
    const port = await orAborted(Promise.race([listening, failed]), options.signal);
    return { pid: child.pid ?? 0, port, failed, stop, ask: createAsk(child, name, failed, send) };
  } catch (error) {
    await stop();
    throw error;
  }
}

function spawnRelay(
  host: LocalHost,
  entry: RelayProgram<unknown>['entry'],
  logFile: string,
  { repositoryRoot, folder, environment }: RelayOptions,
): ChildProcess {
  const file = join(repositoryRoot, 'lab', 'dist', 'entries', `${entry}.js`);
  if (!existsSync(file)) throw new TargetError('not-built', `${file} is missing. Run: npm run build`);
  const log = openSync(logFile, 'a');
  const child = spawn(host.execPath, [file], {
    cwd: folder,
    env: { ...environment },
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  return child;
}

/** `toFailure` says what the end means; null: it was asked for. */
function watchEnd(
  host: LocalHost,
  child: ChildProcess,
  guard: Guard,
  toFailure: (how: string) => Error | null,
): Promise<never> {
  const failed = new Promise<never>((_resolve, reject) => {
    const end = (how: string): void => {
      const failure = toFailure(how);
      if (failure !== null) reject(failure);
    };
    child.once('error', (error) => end(error.message));
    child.once('exit', (code, signal) => {
      // What the leader has left of its group; the group's number cannot have been given away yet.
      if (child.pid !== undefined) killGroup(host, child.pid, 'SIGKILL');
      if (child.pid !== undefined) guard.forgetProcess(child.pid);
      end(signal ?? `exit code ${code}`);
    });
  });
  failed.catch(() => undefined);
  return failed;
}

function waitForListening(child: ChildProcess, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const late = toError(`${name} did not listen within ${listenDeadlineMs / 1000} s`);
    const timer = setTimeout(() => reject(late), listenDeadlineMs);
    child.once('message', (reply: RelayReply) => {
      clearTimeout(timer);
      if (reply.type === 'listening') resolve(reply.port);
      else reject(toError(`${name} cannot listen: ${'reason' in reply ? reply.reason : reply.type}`));
    });
    child.once('exit', () => clearTimeout(timer));
  });
}

function createAsk<SetUp, Order>(
  child: ChildProcess,
  name: string,
  failed: Promise<never>,
  send: (message: RelayMessage<SetUp, Order>) => void,
): <Answer>(order: Order) => Promise<Answer> {
  const waiting = new Map<number, (reply: RelayReply | null) => void>();
  let lastId = 0;
  child.on('message', (reply: RelayReply) => {
    if ('id' in reply) waiting.get(reply.id)?.(reply);
  });
  child.once('exit', () => {
    for (const settle of waiting.values()) settle(null);
  });

  return async <Answer>(order: Order): Promise<Answer> => {
    const id = (lastId += 1);
    const answer = new Promise<Answer>((resolve, reject) => {
      const late = toError(`${name} did not obey within ${orderDeadlineMs / 1000} s`);
      const timer = setTimeout(() => reject(late), orderDeadlineMs);
      waiting.set(id, (reply) => {
        clearTimeout(timer);
        if (reply?.type === 'done') resolve(reply.value as Answer);
        else if (reply?.type === 'refused') reject(toError(`${name}: ${reply.reason}`));
        else reject(toError(`${name} has ended`));
      });
    });
    if (child.connected) send({ type: 'order', id, order });
    else waiting.get(id)?.(null);
    try {
      return await Promise.race([failed, answer]);
    } finally {
      waiting.delete(id);
    }
  };
}

function toError(message: string): TargetError {
  return new TargetError('service-failed', message);
}
