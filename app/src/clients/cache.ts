import type { Logger } from 'pino';
import type { Edge } from '../edges.ts';
import type { Cache } from '../failures/failure.ts';
import type { CacheEntry, KeptValues } from '../kernel/caching.ts';
import type { Call, Work } from '../kernel/call.ts';
import type { Clock } from '../kernel/clock.ts';
import { createKeeper } from '../kernel/kept-values.ts';
import type { Switchboard } from '../switchboard.ts';
import type { CacheRecorder } from '../telemetry/cache-recorder.ts';
import { createSparseWarnings } from '../telemetry/sparse-warnings.ts';

/** Where entries are: in this process, or in Redis. Both forget: an entry may be gone before its time. */
export interface CacheStore {
  readonly kind: 'in-process' | 'redis';
  /** Undefined when there is none, or when the store does not answer: then it has warned. Never rejects, never waits long. */
  get(key: string): Promise<CacheEntry | undefined>;
  /** Keeps the entry for LONGEST_STALE_MS after its expiry, if it can. Never rejects, never waits long. */
  set(key: string, entry: CacheEntry): Promise<void>;
  /** Background knowledge: whether it answered the last time; null when it was not asked yet. */
  answers(): boolean | null;
  close(): Promise<void>;
}

export interface CacheOptions {
  readonly store: CacheStore;
  readonly switchboard: Switchboard;
  readonly recorder: CacheRecorder;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends loads in the background, which no request waits for. */
  readonly background: AbortSignal;
}

export interface CacheClient extends Cache {
  /** What `keep` holds in this process. */
  kept(): KeptValues;
}

interface Reading<T> {
  readonly key: string;
  readonly ttlMs: number;
  readonly load: Work<T>;
  /** The protections that were on when the read began; the refresh that it starts has the same. */
  readonly edge: Edge;
}

/** The cache behind its edge: read through, and a place where values are kept for ever. */
export function createCache(options: CacheOptions): CacheClient {
  const { store, switchboard, recorder, clock, log, background } = options;
  const keeper = createKeeper();
  const refreshing = new Set<string>();
  const warn = createSparseWarnings(log, clock);

  const loadAndStore = <T>({ key, ttlMs, load, edge }: Reading<T>, call: Call): Promise<T> => {
    const make = async (passedOn: Call): Promise<T> => {
      recorder.loaded();
      const startedMs = clock.nowMs();
      const value = await load(passedOn);
      const endedMs = clock.nowMs();
      const expiresAtMs = endedMs + edge.toTtlMs(ttlMs);
      await store.set(key, { value, expiresAtMs, loadMs: endedMs - startedMs });
      return value;
    };
    return edge.load(key, make, call);
  };
  /** Once per key at a time: every reader of a stale value asks for it. */
  const refresh = (reading: Reading<unknown>, { route }: Call): void => {
    const { key } = reading;
    if (refreshing.has(key)) return;
    refreshing.add(key);
    loadAndStore(reading, { route, signal: background })
      .catch((error: unknown) => warn({ err: error, key }, 'a refresh in the background failed'))
      .finally(() => refreshing.delete(key));
  };

  return {
    read<T>(key: string, ttlMs: number, load: Work<T>, call: Call): Promise<T> {
      const edge = switchboard.edge('cache-read');
      const reading = { key, ttlMs, load, edge };
      return edge.execute(async (passedOn) => {
        const entry = await store.get(key);
        const freshness = entry === undefined ? 'miss' : edge.judge(bareJudgement(entry, clock), entry);
        recorder.read(freshness);
        if (entry === undefined || freshness === 'miss') return loadAndStore(reading, passedOn);
        if (freshness === 'stale') refresh(reading, passedOn);
        return entry.value as T;
      }, call);
    },
    keep(key, value, sizeBytes, call) {
      const edge = switchboard.edge('cache-read');
      return edge.execute(async () => {
        keeper.put(key, value, sizeBytes);
        edge.bound(keeper);
        return keeper.totalBytes;
      }, call);
    },
    clearKept: () => keeper.clear(),
    kept: () => keeper,
  };
}

function bareJudgement({ expiresAtMs }: CacheEntry, clock: Clock): 'fresh' | 'miss' {
  return clock.nowMs() < expiresAtMs ? 'fresh' : 'miss';
}
