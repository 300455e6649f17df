// Proves that a stop loses no request: 500/s, half of them GET and half POST /api/tasks, over keep-alive connections;
// SIGTERM in the middle. The client sends nothing more on a connection whose answer carried `Connection: close`, and
// nothing at all once /readyz is 503 (asked every 20 ms). In every second round it acts on /readyz only when most of the
// drain delay is over, as a load balancer does, and so keeps opening connections meanwhile. Every request must be answered
// as it should, and the exit code be 0 within the grace period.
// Usage: node scripts/prove-drain.mjs [--rounds 5] [--rate 500] [--drain-delay-ms 1000] [--seed 1]
// (--drain-delay-ms 0 is the control: without a delay clients do not hear of the stop in time.)
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../lab/dist/core/random.js';
import { createConnectionPool, openConnection } from './lib/connection.mjs';
import { waitUntilReady } from './lib/machine.mjs';
import { startOpenLoop } from './lib/open-loop.mjs';
import { runProof, say } from './lib/proof.mjs';
import { toBytes, toJsonBytes } from './lib/request-bytes.mjs';

const gracePeriodMs = 10_000;
const answerDeadlineMs = 15_000;
const probeEveryMs = 20;
const lagRatio = 0.8;
const defaults = { rounds: 5, rate: 500, 'drain-delay-ms': 1000, seed: 1 };

await runProof('prove-drain', defaults, async ({ options, machine }) => {
  const random = createRandom(options.seed);
  const postgres = await machine.startPostgres();
  const rounds = [];
  for (let number = 1; number <= options.rounds; number += 1) {
    const stopAfterMs = 1000 + Math.round(random() * 1000);
    const lagMs = number % 2 === 0 ? Math.round(options['drain-delay-ms'] * lagRatio) : 0;
    const round = await runRound({ machine, postgres, options, stopAfterMs, lagMs });
    rounds.push(round);
    say(describe(number, round));
  }
  const bad = rounds.filter(isBad).length;
  return {
    holds: bad === 0,
    rounds: rounds.length,
    roundsThatFailed: bad,
    ratePerSecond: options.rate,
    requests: sum(rounds, 'sent'),
    afterTheSignal: sum(rounds, 'afterSignal'),
    failed: rounds.reduce((total, { failures }) => total + failures.length, 0),
    failures: rounds.flatMap(({ failures }) => failures).slice(0, 10),
    exitCodes: rounds.map(({ exitCode }) => exitCode),
    slowestExitMs: Math.max(...rounds.map(({ exitMs }) => exitMs)),
    slowestNewsOfTheStopMs: Math.max(...rounds.map(({ unreadyMs }) => unreadyMs ?? Infinity)),
    drainDelayMs: options['drain-delay-ms'],
    gracePeriodMs,
  };
});

async function runRound({ machine, postgres, options, stopAfterMs, lagMs }) {
  const backend = await machine.startService('backend', {
    DATABASE_URL: postgres.url,
    DRAIN_DELAY_MS: String(options['drain-delay-ms']),
    GRACE_PERIOD_MS: String(gracePeriodMs),
  });
  await waitUntilReady(backend.url);
  const client = startClient(backend, options.rate, lagMs);
  await sleep(stopAfterMs);
  const signalledMs = performance.now();
  client.onSignal();
  backend.kill('SIGTERM');
  const unreadyAtMs = await client.unready;
  await client.stop();
  const exit = await Promise.race([backend.ended, sleep(2 * gracePeriodMs, { code: 'it did not end' })]);
  const exitMs = Math.round(performance.now() - signalledMs);
  client.close();
  const unreadyMs = unreadyAtMs === null ? null : Math.round(unreadyAtMs - signalledMs);
  return { ...client.counts(), stopAfterMs, lagMs, unreadyMs, exitMs, exitCode: exit.code ?? exit.signal };
}

/** The open loop, and the probe of /readyz on a connection of its own that ends it. */
function startClient(backend, ratePerSecond, lagMs) {
  const pool = createConnectionPool(backend.port);
  const failures = [];
  let sent = 0;
  let afterSignal = 0;
  let isSignalled = false;
  let isOver = false;

  async function send(number) {
    // The loop may have come due between the probe's answer and the loop's stop.
    if (isOver) return;
    sent += 1;
    if (isSignalled) afterSignal += 1;
    const isPost = number % 2 === 1;
    const bytes = isPost
      ? toJsonBytes('POST', '/api/tasks', { title: `drain ${number}` })
      : toBytes({ method: 'GET', target: '/api/tasks?limit=5' });
    const sentAfterSignal = isSignalled;
    try {
      const { status } = await pool.send(bytes, { timeoutMs: answerDeadlineMs });
      if (status === (isPost ? 201 : 200)) return;
      failures.push({ request: isPost ? 'POST' : 'GET', status, sentAfterSignal });
    } catch (error) {
      failures.push({ request: isPost ? 'POST' : 'GET', error: error.message, sentAfterSignal });
    }
  }

  const loop = startOpenLoop(ratePerSecond, send);
  const unready = watchReadiness(backend.port);
  const over = unready.then(() => sleep(lagMs)).then(() => (isOver = true));
  return {
    unready,
    onSignal: () => (isSignalled = true),
    async stop() {
      await over;
      await loop.stop();
    },
    close: () => pool.close(),
    counts: () => ({ sent, afterSignal, failures, latestMs: Math.round(loop.latestMs) }),
  };
}

/** The time of the first answer that is not 200; null when the probe's connection failed before. */
async function watchReadiness(port) {
  let connection = openConnection(port);
  for (;;) {
    try {
      const { status } = await connection.send(toBytes({ method: 'GET', target: '/readyz' }), {
        timeoutMs: answerDeadlineMs,
      });
      if (status !== 200) return performance.now();
    } catch {
      return null;
    } finally {
      if (!connection.isUsable) connection.close();
    }
    if (!connection.isUsable) connection = openConnection(port);
    await sleep(probeEveryMs);
  }
}

function isBad({ failures, exitCode, exitMs }) {
  return failures.length > 0 || exitCode !== 0 || exitMs > gracePeriodMs;
}

function describe(number, round) {
  const { sent, afterSignal, failures, stopAfterMs, unreadyMs, lagMs, exitMs, exitCode, latestMs } = round;
  const news =
    unreadyMs === null ? 'never seen unready' : `unready after ${unreadyMs} ms, silent ${lagMs} ms later`;
  const verdict =
    failures.length === 0 ? 'none failed' : `${failures.length} FAILED (${JSON.stringify(failures[0])})`;
  return `${number}: SIGTERM after ${stopAfterMs} ms, ${news}; ${sent} requests, ${afterSignal} of them after the signal, ${verdict}; exit ${exitCode} after ${exitMs} ms; load late by at most ${latestMs} ms`;
}

function sum(rounds, name) {
  return rounds.reduce((total, round) => total + round[name], 0);
}
