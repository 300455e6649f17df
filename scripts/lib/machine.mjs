import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startGuard, toMarkerEnvironment } from '../../lab/dist/targets/local/guard.js';
import { toLocalHost } from '../../lab/dist/targets/local/local-host.js';
import { createWorkspace, toWorkspaceFolder } from '../../lab/dist/targets/local/workspace.js';
import { startPostgres } from './postgres.mjs';

const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));
const programs = {
  backend: join(repositoryRoot, 'app', 'dist', 'main.js'),
  downstream: join(repositoryRoot, 'downstream-slow-service', 'dist', 'main.js'),
};
const listenDeadlineMs = 20_000;

/**
 * A private folder, a PostgreSQL and services for one proof. Every process and the folder are registered with the
 * lab's guard, which ends them also when the proof itself is killed.
 */
export function createMachine(name, signal) {
  const host = toLocalHost(process, tmpdir());
  const runId = `${name}-${randomBytes(4).toString('hex')}`;
  const guard = startGuard(host, { runId, repositoryRoot });
  guard.registerFolder(toWorkspaceFolder(host, runId));
  const workspace = createWorkspace(host, runId);
  const environment = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: workspace.workFolder,
    TMPDIR: workspace.workFolder,
    TZ: 'UTC',
    LANG: 'C',
    ...toMarkerEnvironment(runId),
  };
  return {
    startPostgres: (settings) => startPostgres({ host, guard, workspace, environment, signal, settings }),
    /** `backend` or `downstream`, with variables beside the common ones; resolves when it listens. */
    startService: (program, variables) =>
      startService({ guard, workspace, environment, signal }, program, variables),
    end: () => guard.endAll(),
  };
}

async function startService({ guard, workspace, environment, signal }, program, variables) {
  signal.throwIfAborted();
  const logFile = join(workspace.folder, `${program}.log`);
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, [programs[program]], {
    cwd: workspace.workFolder,
    env: { ...environment, ...commonVariables(program), ...variables },
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  if (child.pid !== undefined) guard.registerProcess(child.pid);
  const service = {
    pid: child.pid,
    end: null,
    kill: (name) => child.kill(name),
    logTail: () => tail(logFile),
  };
  service.ended = new Promise((resolve) => {
    const onEnd = (code, signalName) => {
      service.end ??= { code, signal: signalName };
      guard.forgetProcess(child.pid);
      resolve(service.end);
    };
    child.once('exit', onEnd);
    child.once('error', (error) => onEnd(error.message, null));
  });
  const listening = new Promise((resolve) => child.on('message', resolve));
  const message = await Promise.race([
    listening,
    service.ended,
    sleep(listenDeadlineMs, null, { ref: false }),
  ]);
  if (message?.type !== 'listening') throw new Error(`${program} does not listen:\n${service.logTail()}`);
  return Object.assign(service, {
    port: message.port,
    controlPort: message.controlPort,
    url: `http://127.0.0.1:${message.port}`,
    controlUrl: `http://127.0.0.1:${message.controlPort}`,
  });
}

function commonVariables(name) {
  return {
    HOST: '127.0.0.1',
    PORT: '0',
    CONTROL_PORT: '0',
    LOG_LEVEL: 'warn',
    REPLICA_NAME: name,
    // glibc hands freed chunks out again, so memory would not show in the RSS as it is used (mallopt(3)).
    MALLOC_MMAP_THRESHOLD_: '131072',
  };
}

/** Waits until the backend's /readyz answers 200. */
export async function waitUntilReady(url, deadlineMs = 20_000) {
  const latestMs = Date.now() + deadlineMs;
  for (;;) {
    const status = await fetch(`${url}/readyz`).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    if (Date.now() > latestMs) throw new Error(`${url}/readyz is not 200 after ${deadlineMs} ms`);
    await sleep(20);
  }
}

function tail(file, lines = 30) {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}
