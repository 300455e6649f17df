import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '../../lab/dist/targets/local/ports.js';
import { findPostgresBinaries } from '../../lab/dist/targets/local/postgres-binaries.js';
import { adminRole, createCluster } from '../../lab/dist/targets/local/postgres-cluster.js';
import { createPassword, toUrl } from '../../lab/dist/targets/local/postgres-databases.js';
import { findChildren } from '../../lab/dist/targets/local/process-table.js';

const { Client } = createRequire(new URL('../../app/package.json', import.meta.url))('pg');
const readyDeadlineMs = 60_000;

/**
 * A PostgreSQL of the proof's own on a free loopback port, durable as by default; `settings` are added. It can be
 * killed as a whole and started again on the same data folder and port.
 */
export async function startPostgres({ host, guard, workspace, environment, signal, settings = {} }) {
  const copyFolder = join(workspace.folder, 'postgres-programs');
  const binaries = await findPostgresBinaries(host, { copyFolder, signal });
  const password = createPassword();
  const folder = join(workspace.folder, 'postgres');
  const dataFolder = await createCluster(host, {
    binaries,
    folder,
    adminPassword: password,
    environment,
    guard,
    signal,
  });
  const port = await findFreePort();
  const all = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    shared_buffers: '32MB',
    huge_pages: 'off',
    ...settings,
  };
  const logFile = join(workspace.folder, 'postgres.log');
  const url = toUrl(port, adminRole, password, 'postgres');
  let postmaster;

  async function start() {
    signal.throwIfAborted();
    const log = openSync(logFile, 'a', 0o600);
    postmaster = spawn(join(binaries.binFolder, 'postgres'), toArguments(dataFolder, all), {
      cwd: dataFolder,
      env: environment,
      detached: true,
      stdio: ['ignore', log, log],
      ...(binaries.user === null ? {} : { uid: binaries.user.userId, gid: binaries.user.groupId }),
    });
    closeSync(log);
    const { pid } = postmaster;
    if (pid !== undefined) guard.registerPostgres(pid);
    postmaster.ended = new Promise((resolve) => {
      postmaster.once('error', resolve);
      postmaster.once('exit', () => {
        guard.forgetProcess(pid);
        resolve();
      });
    });
    await waitUntilReady(dataFolder, pid, logFile);
  }

  await start();
  return {
    url,
    start,
    /** SIGKILL to the postmaster and all of its children; nothing of the server runs any more when it resolves. */
    async killAll() {
      // A stopped postmaster neither starts children nor notices that they end.
      postmaster.kill('SIGSTOP');
      for (const { pid } of findChildren(postmaster.pid, host.platform)) killIfThere(pid);
      postmaster.kill('SIGKILL');
      await postmaster.ended;
    },
    query: (text, values) => runQuery(url, text, values),
  };
}

async function runQuery(connectionString, text, values) {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** The eighth line of postmaster.pid is the server's status (miscadmin.h, `LOCK_FILE_LINE_PM_STATUS`). */
async function waitUntilReady(dataFolder, pid, logFile) {
  const latestMs = Date.now() + readyDeadlineMs;
  for (;;) {
    const lines = readIfThere(join(dataFolder, 'postmaster.pid')).split('\n');
    if (lines[0] === String(pid) && lines[7]?.trim() === 'ready') return;
    if (Date.now() > latestMs)
      throw new Error(`PostgreSQL is not ready:\n${readIfThere(logFile).slice(-2000)}`);
    await sleep(5);
  }
}

function toArguments(dataFolder, settings) {
  return [
    '-D',
    dataFolder,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

function killIfThere(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
