import type { Logger } from 'pino';
import type { Cache } from '../failures/failure.ts';
import type { CacheEntry, KeptValues } from '../kernel/caching.ts';
import type { Call } from '../kernel/call.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Switchboard } from '../switchboard.ts';

/** Where entries are: in this process, or in Redis. Both forget; an entry may be gone before its time. */
export interface CacheStore {
  readonly kind: 'in-process' | 'redis';
  /** Undefined when there is none, or when the store does not answer: then it has warned. */
  get(key: string): Promise<CacheEntry | undefined>;
  /** May keep the entry longer than it is fresh, for protections that serve stale values. */
  set(key: string, entry: CacheEntry): Promise<void>;
  /** Background knowledge: whether it answered the last time. */
  answers(): boolean | null;
  close(): Promise<void>;
}

export interface CacheOptions {
  readonly store: CacheStore;
  readonly switchboard: Switchboard;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends loads in the background, which no request waits for. */
  readonly background: AbortSignal;
}

export interface CacheClient extends Cache {
  /** What `keep` holds in this process. */
  kept(): KeptValues;
}

/** The cache behind its edge: read through, and a place where values are kept for ever. */
export function createCache({ store, switchboard, clock, log, background }: CacheOptions): CacheClient {
  const kept = createKeptValues();

  const loadAndStore = async <T>(
    key: string,
    ttlMs: number,
    load: (call: Call) => Promise<T>,
    call: Call,
  ): Promise<T> => {
    const edge = switchboard.edge('cache-read');
    return edge.load(
      key,
      async (passedOn) => {
        const startedMs = clock.nowMs();
        const value = await load(passedOn);
        const endedMs = clock.nowMs();
        const expiresAtMs = endedMs + edge.toTtlMs(ttlMs);
        await store.set(key, { value, expiresAtMs, loadMs: endedMs - startedMs });
        return value;
      },
      call,
    );
  };

  return {
    read(key, ttlMs, load, call) {
      const edge = switchboard.edge('cache-read');
      return edge.execute(async (passedOn) => {
        const entry = await store.get(key);
        if (entry === undefined) return loadAndStore(key, ttlMs, load, passedOn);
        const isFresh = clock.nowMs() < entry.expiresAtMs;
        const freshness = edge.judge(isFresh ? 'fresh' : 'miss', entry);
        if (freshness === 'miss') return loadAndStore(key, ttlMs, load, passedOn);
        if (freshness === 'stale') {
          loadAndStore(key, ttlMs, load, { route: call.route, signal: background }).catch(
            (error: unknown) => {
              log.warn({ err: error, key }, 'refresh in the background failed');
            },
          );
        }
        return entry.value as Awaited<ReturnType<typeof load>>;
      }, call);
    },
    keep(key, value, sizeBytes, call) {
      const edge = switchboard.edge('cache-read');
      return edge.execute(async () => {
        kept.put(key, value, sizeBytes);
        edge.bound(kept);
      }, call);
    },
    clearKept: () => kept.clear(),
    kept: () => kept,
  };
}

interface MutableKept extends KeptValues {
  put(key: string, value: unknown, sizeBytes: number): void;
  clear(): number;
}

/** Insertion order is age: a Map gives its keys in that order. */
function createKeptValues(): MutableKept {
  const values = new Map<string, { readonly value: unknown; readonly sizeBytes: number }>();
  let totalBytes = 0;
  const drop = (key: string): void => {
    totalBytes -= values.get(key)?.sizeBytes ?? 0;
    values.delete(key);
  };
  return {
    get totalBytes() {
      return totalBytes;
    },
    get entries() {
      return values.size;
    },
    put(key, value, sizeBytes) {
      drop(key);
      values.set(key, { value, sizeBytes });
      totalBytes += sizeBytes;
    },
    dropOldest() {
      const [oldest] = values.keys();
      if (oldest === undefined) return false;
      drop(oldest);
      return true;
    },
    clear() {
      const bytes = totalBytes;
      values.clear();
      totalBytes = 0;
      return bytes;
    },
  };
}
