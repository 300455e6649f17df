import { setTimeout as sleep } from 'node:timers/promises';
import { readOperations, toSmallMaxima } from './fuzz-document.mjs';
import { collectGarbage, readInspectorAddress } from './inspector.mjs';
import { waitUntilReady } from './machine.mjs';
import { say } from './proof.mjs';

const downstreamDelaySeconds = 0.005;
const behaviour = { delayMs: 5, failureRatio: 0.05, ttlMs: 600_000, seed: 1 };
const giveBackDeadlineMs = 7000;
const answerDeadlineMs = 10_000;

/**
 * Database, downstream and backend, made so that every request is cheap: small maxima for all parameters of the
 * document, a deadline for every request, a limit for waits of the pool; one of twenty downstream calls fails.
 */
export async function startFuzzSystem(machine) {
  const postgres = await machine.startPostgres();
  const downstream = await machine.startService('downstream', {
    DEFAULT_DELAY: String(downstreamDelaySeconds),
    MAX_DELAY_SECONDS: '1',
  });
  const { status } = await put(`${downstream.controlUrl}/behaviour`, behaviour);
  if (status !== 200)
    throw new Error(`the downstream service does not take ${JSON.stringify(behaviour)}: ${status}`);
  const common = {
    DATABASE_URL: postgres.url,
    DOWNSTREAM_SERVICE_URL: downstream.url,
    DATABASE_ACQUIRE_TIMEOUT_MS: '1000',
    BODY_LIMIT_BYTES: '65536',
  };
  const first = await machine.startService('backend', common);
  const maxima = toSmallMaxima(readOperations(await readDocument(first)));
  const protections = await chooseProtections(first);
  first.kill('SIGTERM');
  await first.ended;
  const backend = await machine.startService('backend', {
    ...common,
    PROTECTIONS: protections.join(','),
    PARAMETER_MAXIMA: maxima,
    NODE_OPTIONS: '--inspect=127.0.0.1:0',
  });
  await waitUntilReady(backend.url);
  const operations = readOperations(await readDocument(backend));
  const inspector = readInspectorAddress(backend.logTail());
  say(`${operations.length} operations; PARAMETER_MAXIMA=${maxima} PROTECTIONS=${protections.join(',')}`);
  const canClear = operations.some(({ method, path }) => method === 'POST' && path === '/api/clear-memory');
  return {
    backend,
    downstream,
    operations,
    maxima,
    /** Frees what was leaked on purpose; nothing when there is no such endpoint. */
    clear: async () =>
      canClear ? (await ask(`${backend.url}/api/clear-memory`, { method: 'POST' })).status : null,
    async residentBytesAfterGc() {
      await collectGarbage(inspector);
      return (await readMetrics(backend)).sum('process_resident_memory_bytes');
    },
    /** How long /health takes now, in milliseconds. */
    async healthMs() {
      const startedMs = performance.now();
      await (await ask(`${backend.url}/health`)).text();
      return Math.round((performance.now() - startedMs) * 10) / 10;
    },
    /** What is still taken from the pool when all work should have ended; empty when all was given back. */
    async waitUntilGivenBack() {
      const latestMs = Date.now() + giveBackDeadlineMs;
      for (;;) {
        const taken = takenOf(await readMetrics(backend));
        if (Object.keys(taken).length === 0 || Date.now() > latestMs) return taken;
        await sleep(100);
      }
    },
  };
}

/** A deadline, and where there is one the limit for texts: a regular expression may take for ever on a long one. */
async function chooseProtections({ controlUrl }) {
  const { protections } = await (await ask(`${controlUrl}/protections`)).json();
  return ['request-deadline:deadlineMs=5000', 'input-limit:maxCharacters=16'].filter((item) =>
    protections.some(({ name }) => item.startsWith(`${name}:`)),
  );
}

function takenOf(metrics) {
  const taken = {
    'connections held': metrics.sum('lab_database_connections_held'),
    'connections used': metrics.sum('db_client_connection_count', 'db_client_connection_state="used"'),
    'waiting for a connection': metrics.sum('db_client_connection_pending_requests'),
    // Asking for the metrics is a request, too.
    'other requests in flight': metrics.sum('http_server_active_requests') - 1,
  };
  return Object.fromEntries(Object.entries(taken).filter(([, count]) => count > 0));
}

async function readMetrics({ url }) {
  const lines = (await (await ask(`${url}/metrics`)).text()).split('\n');
  return {
    sum: (name, label = '') =>
      lines
        .filter(
          (line) => (line.startsWith(`${name} `) || line.startsWith(`${name}{`)) && line.includes(label),
        )
        .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0),
  };
}

async function readDocument({ url }) {
  return (await ask(`${url}/openapi.json`)).json();
}

/** Rejects when there is no answer in time. */
function ask(url, options = {}) {
  return fetch(url, { signal: AbortSignal.timeout(answerDeadlineMs), ...options });
}

function put(url, value) {
  return ask(url, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  });
}
