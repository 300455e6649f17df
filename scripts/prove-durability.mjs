// Proves that an acknowledged task is there after a crash: POST /api/tasks at 200/s without a pause; in each round the
// backend, or the whole of PostgreSQL (postmaster and children), gets SIGKILL at a random moment and is started again on
// the same data. Every task that was answered 201 must be in the database under its id with its title.
// Usage: node scripts/prove-durability.mjs [--rounds 50] [--victim backend|postgres|both] [--rate 200] [--seed 1]
// Control that must fail: --synchronous-commit off --victim postgres
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../lab/dist/core/random.js';
import { createConnectionPool } from './lib/connection.mjs';
import { waitUntilReady } from './lib/machine.mjs';
import { startOpenLoop } from './lib/open-loop.mjs';
import { runProof, say } from './lib/proof.mjs';
import { toJsonBytes } from './lib/request-bytes.mjs';

const answerDeadlineMs = 5000;
const recoveryDeadlineMs = 30_000;
/** Load between the recovery from one crash and the next crash. */
const shortestLoadMs = 200;
const longestLoadMs = 700;
const defaults = {
  rounds: 50,
  victim: ['both', 'backend', 'postgres'],
  rate: 200,
  seed: 1,
  'synchronous-commit': ['on', 'off'],
};

await runProof('prove-durability', defaults, async ({ options, machine }) => {
  const victims = options.victim === 'both' ? ['backend', 'postgres'] : [options.victim];
  const system = await startSystem(machine, options);
  const client = startClient(system.port, options.rate);
  const random = createRandom(options.seed);
  const results = [];
  for (const victim of victims) {
    const rounds = [];
    for (let number = 1; number <= options.rounds; number += 1) {
      const loadMs = Math.round(shortestLoadMs + random() * (longestLoadMs - shortestLoadMs));
      const round = await runRound({ system, client, victim, loadMs });
      rounds.push(round);
      say(describe(victim, number, round));
    }
    results.push({ victim, ...summarise(rounds) });
  }
  await client.stop();
  const everything = await system.findLost(client.takeAcknowledged('all'));
  return {
    holds:
      results.every(({ lost }) => lost === 0) && everything.lost.length === 0 && client.idsGivenTwice === 0,
    sent: client.sent,
    acknowledged: everything.acknowledged,
    found: everything.acknowledged - everything.lost.length,
    lost: everything.lost.length,
    lostTasks: everything.lost.slice(0, 10),
    idsGivenTwice: client.idsGivenTwice,
    perVictim: results,
    notAcknowledged: client.refusals(),
    ratePerSecond: options.rate,
    loadLateByAtMostMs: Math.round(client.latestMs),
    settings: await system.durabilitySettings(),
  };
});

async function startSystem(machine, options) {
  const postgres = await machine.startPostgres({
    fsync: 'on',
    synchronous_commit: options['synchronous-commit'],
    full_page_writes: 'on',
  });
  const variables = { DATABASE_URL: postgres.url, DATABASE_ACQUIRE_TIMEOUT_MS: '1000' };
  let backend = await machine.startService('backend', variables);
  const { port } = backend;
  await waitUntilReady(backend.url);
  return {
    port,
    /** Kills the victim and starts it again; resolves with the moment of the kill, when the new one runs. */
    async crash(victim) {
      const killedMs = performance.now();
      if (victim === 'postgres') {
        await postgres.killAll();
        await postgres.start();
      } else {
        backend.kill('SIGKILL');
        await backend.ended;
        backend = await machine.startService('backend', { ...variables, PORT: String(port) });
      }
      if (backend.end !== null) throw new Error(`the backend ended unasked:\n${backend.logTail()}`);
      return killedMs;
    },
    async findLost(acknowledged) {
      const ids = [...acknowledged.keys()];
      const rows = await postgres.query('SELECT id::int, title FROM tasks WHERE id = ANY($1::bigint[])', [
        ids,
      ]);
      const titles = new Map(rows.map(({ id, title }) => [id, title]));
      const lost = [...acknowledged].filter(([id, title]) => titles.get(id) !== title);
      return {
        acknowledged: ids.length,
        lost: lost.map(([id, title]) => ({ id, title, found: titles.get(id) })),
      };
    },
    durabilitySettings: async () => {
      const rows = await postgres.query(
        `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes')`,
      );
      return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
    },
  };
}

/** The open loop; keeps what was acknowledged, by id. */
function startClient(port, ratePerSecond) {
  const pool = createConnectionPool(port);
  const all = new Map();
  let recent = new Map();
  let latest201SentMs = 0;
  let idsGivenTwice = 0;
  const refusals = new Map();
  const refuse = (why) => refusals.set(why, (refusals.get(why) ?? 0) + 1);

  const loop = startOpenLoop(ratePerSecond, async (number) => {
    const sentMs = performance.now();
    const title = `task ${number} of the proof`;
    try {
      const answer = await pool.send(toJsonBytes('POST', '/api/tasks', { title }), {
        timeoutMs: answerDeadlineMs,
      });
      const { id, code } = JSON.parse(answer.body.toString());
      if (answer.status !== 201) {
        refuse(`${answer.status} ${code}`);
        return;
      }
      // The one that got it first is compared, so a task that was lost and replaced counts as lost.
      if (all.has(id)) idsGivenTwice += 1;
      else all.set(id, title);
      recent.set(id, title);
      latest201SentMs = Math.max(latest201SentMs, sentMs);
    } catch (error) {
      refuse(error.message);
    }
  });
  return {
    get sent() {
      return loop.sent;
    },
    get latestMs() {
      return loop.latestMs;
    },
    get unanswered() {
      return [...refusals.values()].reduce((total, count) => total + count, 0);
    },
    get idsGivenTwice() {
      return idsGivenTwice;
    },
    refusals: () => Object.fromEntries([...refusals].sort(([, a], [, b]) => b - a)),
    takeAcknowledged(which) {
      if (which === 'all') return all;
      const taken = recent;
      recent = new Map();
      return taken;
    },
    /** Resolves when a request that was sent after this moment is acknowledged. */
    async served(sinceMs) {
      const overdueMs = performance.now() + recoveryDeadlineMs;
      const isServed = () => latest201SentMs > sinceMs;
      while (!isServed()) {
        if (performance.now() > overdueMs) {
          throw new Error(`no task is accepted ${recoveryDeadlineMs} ms after the restart`);
        }
        await sleep(5);
      }
    },
    async stop() {
      await loop.stop();
      pool.close();
    },
  };
}

async function runRound({ system, client, victim, loadMs }) {
  await sleep(loadMs);
  const unansweredBefore = client.unanswered;
  const killedMs = await system.crash(victim);
  await client.served(killedMs);
  const recoveryMs = Math.round(performance.now() - killedMs);
  const { acknowledged, lost } = await system.findLost(client.takeAcknowledged('recent'));
  return { loadMs, acknowledged, lost, recoveryMs, unanswered: client.unanswered - unansweredBefore };
}

function summarise(rounds) {
  const sum = (of) => rounds.reduce((total, round) => total + of(round), 0);
  const lost = sum((round) => round.lost.length);
  const acknowledged = sum((round) => round.acknowledged);
  return {
    crashes: rounds.length,
    acknowledged,
    found: acknowledged - lost,
    lost,
    unanswered: sum((round) => round.unanswered),
    slowestRecoveryMs: Math.max(...rounds.map(({ recoveryMs }) => recoveryMs)),
  };
}

function describe(victim, number, { loadMs, acknowledged, lost, recoveryMs, unanswered }) {
  const verdict = lost.length === 0 ? 'all found' : `${lost.length} LOST (${JSON.stringify(lost[0])})`;
  return `${victim} ${number}: SIGKILL after ${loadMs} ms; ${acknowledged} acknowledged, ${verdict}; ${unanswered} not acknowledged; accepts again after ${recoveryMs} ms`;
}
