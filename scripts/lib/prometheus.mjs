import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';

const readyDeadlineMs = 15_000;

/**
 * A Prometheus on loopback that scrapes every second what `targetsFile` names (JSON, followed) and `containersAddress`,
 * and evaluates `rules`. `processes` gets its process in the tick in which it is made.
 */
export async function startPrometheus({ rules, targetsFile, containersAddress, processes }) {
  const program = findProgram();
  const folder = mkdtempSync(join(tmpdir(), 'prove-alerts-'));
  writeFileSync(join(folder, 'rules.yml'), rules);
  writeFileSync(join(folder, 'prometheus.yml'), toConfiguration(targetsFile, containersAddress));
  const address = `127.0.0.1:${await findFreePort()}`;
  const child = spawn(
    program,
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--log.level=error',
    ],
    {
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { PATH: process.env.PATH, ...processes.markerEnvironment },
    },
  );
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (child.pid !== undefined) processes.registerProcess(child.pid);
  const stop = async () => {
    child.kill('SIGKILL');
    await ended.catch(() => {});
    if (child.pid !== undefined) processes.forgetProcess(child.pid);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await Promise.race([waitUntilReady(address), ended.then(assertRunning)]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop, query: (expression, window) => queryRange(address, expression, window) };
}

function findProgram() {
  const program = process.env.PATH.split(delimiter)
    .map((folder) => join(folder, 'prometheus'))
    .find((path) => existsSync(path));
  if (program === undefined) throw new Error('prometheus is not on PATH: https://prometheus.io/download/');
  return program;
}

function assertRunning(code) {
  throw new Error(`prometheus ended with exit code ${code}`);
}

function toConfiguration(targetsFile, containersAddress) {
  return stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ['rules.yml'],
    scrape_configs: [
      { job_name: 'services', file_sd_configs: [{ files: [targetsFile], refresh_interval: '1s' }] },
      { job_name: 'containers', static_configs: [{ targets: [containersAddress] }] },
    ],
  });
}

/** Series of the window (ms since the epoch), one value a second. */
async function queryRange(address, expression, { startMs, endMs }) {
  const parameters = new URLSearchParams({
    query: expression,
    start: String(startMs / 1000),
    end: String(endMs / 1000),
    step: '1',
  });
  const response = await fetch(`http://${address}/api/v1/query_range?${parameters}`);
  const { status, error, data } = await response.json();
  if (status !== 'success') throw new Error(`${expression}: ${error}`);
  return data.result;
}

async function waitUntilReady(address) {
  const signal = AbortSignal.timeout(readyDeadlineMs);
  const isReady = () =>
    fetch(`http://${address}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) await sleep(50, null, { signal });
}

async function findFreePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
