// Sends requests that are generated from /openapi.json (legal, illegal, strange) and malformed ones (bytes, huge headers,
// broken JSON, slow bodies, pipelining, clients that leave), in an order that a seed repeats. Holds when the backend never
// ends, answers every whole request within 10 s, answers errors only as its table declares them and never 500, gives back
// what it took, answers /health within 100 ms when the load pauses, and does not grow: RSS after a GC at the end at
// most 1.2 times that after 10,000 requests.
// Usage: node scripts/fuzz.mjs [--requests 50000] [--seed 1] [--replay <number of one request>]
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnectionPool } from './lib/connection.mjs';
import { exchange } from './lib/fuzz-exchange.mjs';
import { createFindings, show } from './lib/fuzz-findings.mjs';
import { judge } from './lib/fuzz-judge.mjs';
import { toRequest } from './lib/fuzz-requests.mjs';
import { startFuzzSystem } from './lib/fuzz-system.mjs';
import { runProof, say } from './lib/proof.mjs';

const workers = 24;
/** So many requests without a whole answer: the rest would only wait. */
const hopelessAt = 100;
const endNewsMs = 500;
const answerDeadlineMs = 10_000;
const healthLimitMs = 100;
const growthLimit = 1.2;
const baselineAt = 10_000;
const pauseEvery = 5000;
const clearEvery = 500;
const defaults = { requests: 50_000, seed: 1, replay: null };

await runProof('fuzz', defaults, async ({ options, machine }) => {
  const { ERRORS: errors } = await import('../app/dist/errors.js');
  const system = await startFuzzSystem(machine);
  const findings = createFindings(options.seed);
  const fuzzer = createFuzzer({ system, errors, seed: options.seed, findings });
  if (options.replay !== null) return replay({ system, fuzzer, findings, index: options.replay });

  const startedMs = performance.now();
  const pauses = [];
  for (let from = 0; from < options.requests && !fuzzer.isOver(); from += pauseEvery) {
    const to = Math.min(from + pauseEvery, options.requests);
    await fuzzer.run(from, to);
    if (fuzzer.isOver()) break;
    const pause = await lookAround(system, findings, to);
    if (pause === null) break;
    pauses.push(pause);
    say(`${to} requests, ${Math.round((performance.now() - startedMs) / 1000)} s: ${describe(pause)}`);
  }
  if (system.backend.end !== null) findings.crash(system.backend, fuzzer.inFlight());
  return {
    ...toResult({ options, system, fuzzer, findings, pauses }),
    seconds: Math.round((performance.now() - startedMs) / 1000),
  };
});

function createFuzzer({ system, errors, seed, findings }) {
  const { backend, operations } = system;
  const pool = createConnectionPool(backend.port);
  const inFlight = new Set();
  const statuses = {};
  let sent = 0;
  let wellFormed = 0;
  let slowestMs = 0;
  let unanswered = 0;
  const isOver = () => backend.end !== null || unanswered >= hopelessAt;

  async function send(request) {
    if (request.isMalformed) return exchange(backend.port, request, answerDeadlineMs);
    try {
      const options = { timeoutMs: answerDeadlineMs, head: request.method === 'HEAD' };
      return { answers: [await pool.send(request.steps[0].bytes, options)], problem: null };
    } catch (error) {
      return { answers: [], problem: error.message };
    }
  }

  async function runOne(index) {
    const request = toRequest(operations, seed, index);
    inFlight.add(request);
    sent += 1;
    if (!request.isMalformed) wellFormed += 1;
    const startedMs = performance.now();
    const { answers, problem } = await send(request);
    if (!request.isMalformed) slowestMs = Math.max(slowestMs, performance.now() - startedMs);
    // Connections break some time before the end of their process is known; the request then counts as in flight.
    if (problem !== null) await Promise.race([backend.ended, sleep(endNewsMs)]);
    if (backend.end !== null) return { request, answers, problem };
    inFlight.delete(request);
    for (const answer of answers) {
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      const fault = judge({ request, answer, errors });
      if (fault !== null) findings.add(request, fault, answer);
    }
    if (problem !== null) {
      unanswered += 1;
      findings.add(request, problem, answers.at(-1));
    }
    return { request, answers, problem };
  }

  return {
    runOne,
    isOver,
    inFlight: () => [...inFlight],
    counts: () => ({ sent, wellFormed, slowestMs: Math.round(slowestMs), statuses }),
    /** Requests `from` to `to`, some at a time; resolves when all have ended. */
    async run(from, to) {
      let next = from;
      const work = async () => {
        while (next < to && !isOver()) {
          const index = next;
          next += 1;
          await runOne(index);
          if (index % clearEvery === 0 && !isOver()) await system.clear().catch(() => {});
        }
      };
      await Promise.all(Array.from({ length: workers }, work));
    },
  };
}

/** While nothing is sent: what is still taken, how fast /health is, how much memory is in use. Null: it cannot be asked. */
async function lookAround(system, findings, sent) {
  try {
    const healthMs = await system.healthMs();
    const taken = await system.waitUntilGivenBack();
    await system.clear();
    const residentBytes = await system.residentBytesAfterGc();
    if (healthMs > healthLimitMs) findings.addState(`/health took ${healthMs} ms`, sent);
    if (Object.keys(taken).length > 0) findings.addState(`not given back: ${JSON.stringify(taken)}`, sent);
    return { sent, healthMs, taken, residentMb: Math.round(residentBytes / 1e5) / 10 };
  } catch (error) {
    await sleep(endNewsMs);
    if (system.backend.end === null) findings.addState(`while nothing was sent: ${error.message}`, sent);
    return null;
  }
}

async function replay({ system, fuzzer, findings, index }) {
  const { request, answers, problem } = await fuzzer.runOne(index);
  await sleep(endNewsMs);
  if (system.backend.end !== null) findings.crash(system.backend, fuzzer.inFlight());
  say(show(request, 5000));
  for (const { status, headers, body } of answers)
    say(`answer ${status} ${JSON.stringify(headers)}\n${body.toString().slice(0, 500)}`);
  return {
    holds: problem === null && findings.list().length === 0,
    index,
    answers: answers.map(({ status }) => status),
    problem,
  };
}

function toResult({ options, system, fuzzer, findings, pauses }) {
  const { sent, wellFormed, slowestMs, statuses } = fuzzer.counts();
  const baseline = pauses.find(({ sent }) => sent === baselineAt);
  const isGrowthKnown = baseline !== undefined && options.requests > baselineAt;
  const growthRatio = isGrowthKnown
    ? Math.round((pauses.at(-1).residentMb / baseline.residentMb) * 1000) / 1000
    : null;
  if (growthRatio > growthLimit) findings.addState(`RSS grew to ${growthRatio} times`, options.requests);
  return {
    holds: findings.list().length === 0,
    seed: options.seed,
    requests: sent,
    wellFormed,
    malformed: sent - wellFormed,
    operations: system.operations.length,
    statuses,
    slowestAnswerMs: slowestMs,
    slowestHealthMs: pauses.length === 0 ? null : Math.max(...pauses.map(({ healthMs }) => healthMs)),
    residentMb: Object.fromEntries(pauses.map(({ sent, residentMb }) => [sent, residentMb])),
    growthRatio: growthRatio ?? `not judged: it needs more than ${baselineAt} requests`,
    findings: findings.list(),
  };
}

function describe({ healthMs, taken, residentMb }) {
  const rest =
    Object.keys(taken).length === 0 ? 'all given back' : `NOT given back: ${JSON.stringify(taken)}`;
  return `/health ${healthMs} ms, RSS ${residentMb} MB, ${rest}`;
}
