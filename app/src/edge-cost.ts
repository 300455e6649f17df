import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { loadCatalogues } from './catalogues.ts';
import { BARE_EDGE, composeEdge, type Edge } from './edges.ts';
import type { CacheEntry } from './kernel/caching.ts';
import type { Call } from './kernel/call.ts';
import { createReader } from './kernel/settings.ts';
import type { Layer, Lease, Protection } from './protections/protection.ts';
import { systemClock } from './system-clock.ts';
import { createReadings } from './system-readings.ts';

/** Enough for the compiler of the engine; what takes milliseconds per call (`async-wrapper`) is measured with fewer. */
const MAX_CALLS = 10_000;
const MAX_TURN_MS = 100;
const WARM_UP_TURNS = 3;
const TURNS = 9;

/**
 * Prints, as JSON, the microseconds that each protection adds to a call while it is on and has nothing to do. For
 * `worker-offload`, which always has something to do, it is the way to a thread and back.
 */
async function main(): Promise<void> {
  const { protections } = await loadCatalogues();
  const costs: Record<string, number> = {};
  for (const protection of protections) costs[protection.name] = await measure(protection);
  process.stdout.write(`${JSON.stringify(costs)}\n`);
}

/** The edge with it and the bare edge take turns; the median of the differences. */
async function measure(protection: Protection): Promise<number> {
  const layer = createWithDefaults(protection);
  const edge = composeEdge([layer]);
  const calls = Math.min(MAX_CALLS, Math.ceil((MAX_TURN_MS * 1000) / (await timePerCall(edge, 50))));
  for (let turn = 0; turn < WARM_UP_TURNS; turn += 1) {
    await timePerCall(edge, calls);
    await timePerCall(BARE_EDGE, calls);
  }
  const differences: number[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    const withIt = await timePerCall(edge, calls);
    differences.push(withIt - (await timePerCall(BARE_EDGE, calls)));
  }
  layer.close?.();
  differences.sort((left, right) => left - right);
  return Number(Math.max(0, differences[Math.floor(TURNS / 2)] ?? 0).toFixed(2));
}

function createWithDefaults(protection: Protection): Layer {
  const reading = createReader(protection.settings, { form: 'json', unknownNames: 'fault' })({});
  if (!reading.ok) throw new Error(`${protection.name} has no defaults`);
  return protection.create(reading.value, {
    clock: systemClock,
    random: Math.random,
    readings: createReadings(),
    emit: () => {},
  });
}

const controller = new AbortController();
const call: Call = {
  route: '/api/noop',
  signal: controller.signal,
  request: {
    longestTextLength: 0,
    connectionAgeMs: 0,
    connectionRequests: 1,
    closeConnection: () => {},
    markDegraded: () => {},
  },
  onClientLeft: () => () => {},
};
const lease: Lease = { query: () => Promise.resolve([]), setSession: () => {}, release: () => {} };
const job = { name: 'fibonacci', input: { index: 1 } };
const entry: CacheEntry = { value: 1, expiresAtMs: Number.MAX_SAFE_INTEGER, loadMs: 1 };
const kept = { totalBytes: 0, entries: 0, dropOldest: () => false };
const work = (): Promise<number> => Promise.resolve(1);

/** Microseconds for one passage through every ability of an edge, one call after the other. */
async function timePerCall(edge: Edge, calls: number): Promise<number> {
  const startedMs = performance.now();
  for (let made = 0; made < calls; made += 1) {
    await edge.execute(work, call);
    await edge.acquire(() => Promise.resolve(lease), call);
    await edge.compute(job, work, call);
    await edge.load('key', work, call);
    edge.judge('fresh', entry);
    edge.toTtlMs(1000);
    edge.bound(kept);
  }
  return ((performance.now() - startedMs) * 1000) / calls;
}

await main();
