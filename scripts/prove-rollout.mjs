// Proves that a rolling restart loses no request: the system that scripts/deploy-all.sh has deployed, two replicas, 200/s
// over 25 kept connections at its NodePort, half of them GET and half POST /api/tasks; `kubectl rollout restart` in the
// middle. A client as good as any other: it reads `Connection: close`, and tries nothing twice. One replica afterwards.
// Usage: node scripts/prove-rollout.mjs [--rate 200] [--replicas 2]
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createConnectionPool } from './lib/connection.mjs';
import { startOpenLoop } from './lib/open-loop.mjs';
import { runProof, say } from './lib/proof.mjs';
import { toBytes, toJsonBytes } from './lib/request-bytes.mjs';

const port = 30_000;
const answerDeadlineMs = 10_000;
const rolloutDeadline = '--timeout=240s';
const aroundMs = 5_000;
/** Each keeps its connection, so that each replica has some. */
const clients = 25;
const deployment = 'deployment/backend-app';
const run = promisify(execFile);

await runProof('prove-rollout', { rate: 200, replicas: 2 }, async ({ options }) => {
  await scaleTo(options.replicas);
  const before = await podNames();
  const load = startLoad(options.rate);
  await sleep(aroundMs);
  const startedMs = performance.now();
  await kubectl('rollout', 'restart', deployment);
  await kubectl('rollout', 'status', deployment, rolloutDeadline);
  const rolloutSeconds = Math.round((performance.now() - startedMs) / 1000);
  await untilGone(before);
  await sleep(aroundMs);
  const counts = await load.stop();
  await scaleTo(1);
  say(`${counts.sent} requests, ${counts.failed} failed; rolled out after ${rolloutSeconds} s`);
  const replaced = before.filter((name) => counts.answeredBy.includes(name)).length;
  return { holds: counts.failed === 0 && replaced === before.length, ...counts, rolloutSeconds };
});

async function kubectl(...args) {
  const { stdout } = await run('kubectl', ['--namespace', 'load-testing', ...args], { timeout: 300_000 });
  return stdout;
}

async function scaleTo(replicas) {
  await kubectl('scale', deployment, `--replicas=${replicas}`);
  await kubectl('rollout', 'status', deployment, rolloutDeadline);
}

async function podNames() {
  const selector = '--selector=app.kubernetes.io/name=backend-app';
  return (await kubectl('get', 'pods', selector, '--output=name'))
    .split('\n')
    .filter((name) => name !== '')
    .map((name) => name.replace('pod/', ''));
}

/** The old ones go on answering while they drain: the load has to see their end. */
async function untilGone(names) {
  await kubectl('wait', '--for=delete', ...names.map((name) => `pod/${name}`), '--timeout=120s');
}

function startLoad(ratePerSecond) {
  const pools = Array.from({ length: clients }, () => createConnectionPool(port));
  const failures = [];
  const answeredBy = new Set();
  async function send(number) {
    const isPost = number % 2 === 1;
    // Even, and so a GET; no multiple of the number of clients, so that each asks now and then.
    const isNamed = number % 14 === 0;
    const bytes = isPost
      ? toJsonBytes('POST', '/api/tasks', { title: `rollout ${number}` })
      : toBytes({ method: 'GET', target: isNamed ? '/health' : '/api/tasks?limit=5' });
    try {
      const { status, body } = await pools[number % clients].send(bytes, { timeoutMs: answerDeadlineMs });
      if (isNamed && status === 200) answeredBy.add(JSON.parse(body.toString()).replica);
      if (status !== (isPost ? 201 : 200)) failures.push({ number, status });
    } catch (error) {
      failures.push({ number, error: error.message });
    }
  }
  const loop = startOpenLoop(ratePerSecond, send);
  return {
    async stop() {
      await loop.stop();
      for (const pool of pools) pool.close();
      return {
        sent: loop.sent,
        failed: failures.length,
        failures: failures.slice(0, 10),
        answeredBy: [...answeredBy],
        latestMs: Math.round(loop.latestMs),
      };
    },
  };
}
