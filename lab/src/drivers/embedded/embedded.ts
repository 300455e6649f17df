import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { durationSecondsOf, type LoadPlan } from '../../core/plan.ts';
import type { Driver, DriverOptions, LoadRun, LoadSummary } from '../driver.ts';
import { cpuSecondsOf } from './process-cpu.ts';
import type { DriverMessage, PlanMessage } from './protocol.ts';

export interface EmbeddedDriverOptions {
  /** The Node binary. */
  readonly execPath: string;
  /** The whole environment of the driver's process; nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** Compiled `entries/driver.js`; by default the one of this installation. */
  readonly entryPath?: string;
  /** Told the process's id as soon as it exists, so that it can be ended even when the lab is killed. */
  readonly onSpawn?: (pid: number) => void;
}

/** More time than a working driver needs: to start, and after the last deadline of the plan. */
const marginMs = 15_000;
const keptErrorLines = 20;

/**
 * The lab's own load driver: one process for each run, so that neither the lab's work nor that of the system under load
 * delays it. It ends when the lab does, when `signal` is aborted, or when it has taken too long.
 */
export function createEmbeddedDriver(options: EmbeddedDriverOptions): Driver {
  return {
    name: 'embedded',
    start: (plan, driverOptions) => startRun(options, plan, driverOptions),
  };
}

async function startRun(
  options: EmbeddedDriverOptions,
  plan: LoadPlan,
  run: DriverOptions,
): Promise<LoadRun> {
  run.signal.throwIfAborted();
  const child = spawnDriver(options);
  let reportedCpuSeconds: number | null = null;
  return new Promise((resolve, reject) => {
    const finished = superviseRun(child, plan, run.signal, (message) => {
      if (message.type === 'second') {
        reportedCpuSeconds = message.cpuSeconds;
        run.onSecond(message.second);
      } else if (message.type === 'ready') {
        const cpuSeconds = () => livingCpuSeconds(child) ?? reportedCpuSeconds;
        resolve({ startMonotonicMs: message.startMonotonicMs, cpuSeconds, finished });
      } else if (message.type === 'done') {
        reportedCpuSeconds = message.summary.cpuSeconds;
      }
    });
    // A failure before `ready` fails the start; a later one waits for whoever awaits `finished`.
    finished.catch(reject);
    child.send({ type: 'plan', plan, baseUrl: run.baseUrl } satisfies PlanMessage, () => {});
  });
}

function livingCpuSeconds(child: ChildProcess): number | null {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return null;
  return cpuSecondsOf(child.pid);
}

function spawnDriver(options: EmbeddedDriverOptions): ChildProcess {
  const entryPath = options.entryPath ?? fileURLToPath(new URL('../../entries/driver.js', import.meta.url));
  const child = spawn(options.execPath, [entryPath], {
    env: options.environment,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Its own process group: Ctrl-C reaches the lab alone, which then ends the run in order.
    detached: true,
  });
  if (child.pid !== undefined) options.onSpawn?.(child.pid);
  return child;
}

/** Resolves with the summary, rejects with the reason; in both cases only when the process has ended. */
function superviseRun(
  child: ChildProcess,
  plan: LoadPlan,
  signal: AbortSignal,
  onMessage: (message: DriverMessage) => void,
): Promise<LoadSummary> {
  let summary: LoadSummary | undefined;
  let failure: unknown;
  const end = (reason: unknown) => {
    failure ??= reason;
    child.kill('SIGKILL');
  };
  const onAbort = () => end(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const allowedMs = durationSecondsOf(plan) * 1000 + longestDeadlineMs(plan) + marginMs;
  const timer = setTimeout(
    () => end(new Error(`the load driver did not end within ${allowedMs} ms`)),
    allowedMs,
  );
  child.on('message', (message: DriverMessage) => {
    if (failure !== undefined) return;
    try {
      if (message.type === 'failed') end(new Error(`the load driver failed: ${message.reason}`));
      if (message.type === 'done') summary = message.summary;
      onMessage(message);
    } catch (error) {
      end(error);
    }
  });
  const errorLines = keepLastLines(child);
  return new Promise((resolve, reject) => {
    child.on('error', (error) => {
      failure ??= new Error(`the load driver cannot run: ${error.message}`, { cause: error });
    });
    child.on('close', (code, killedBy) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      if (failure === undefined && summary !== undefined) resolve(summary);
      else reject(failure ?? new Error(describeDeath(code, killedBy, errorLines)));
    });
  });
}

function longestDeadlineMs(plan: LoadPlan): number {
  return Math.max(0, ...plan.routes.map((route) => route.deadlineMs));
}

function describeDeath(code: number | null, signal: string | null, errorLines: readonly string[]): string {
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  return [`the load driver ended before its plan did, ${how}`, ...errorLines].join('\n');
}

function keepLastLines(child: ChildProcess): readonly string[] {
  const lines: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lines.push(...text.split('\n').filter((line) => line.trim() !== ''));
    lines.splice(0, lines.length - keptErrorLines);
  });
  return lines;
}
