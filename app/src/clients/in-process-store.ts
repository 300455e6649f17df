import type { CacheEntry } from '../kernel/caching.ts';
import type { CacheStore } from './cache.ts';

/** Far more keys than an experiment has, and a bound all the same: the one written longest ago goes first. */
const MOST_ENTRIES = 10_000;

/** Entries in this process. Expired ones stay until they are replaced or crowded out, for protections that serve stale values. */
export function createInProcessStore(): CacheStore {
  const entries = new Map<string, CacheEntry>();
  return {
    kind: 'in-process',
    get: (key) => Promise.resolve(entries.get(key)),
    set(key, entry) {
      entries.delete(key);
      entries.set(key, entry);
      const [oldest] = entries.keys();
      if (entries.size > MOST_ENTRIES && oldest !== undefined) entries.delete(oldest);
      return Promise.resolve();
    },
    answers: () => true,
    close: () => Promise.resolve(),
  };
}
