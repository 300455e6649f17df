/** One entry of a cache. Times are those of the clock of this process. */
export interface CacheEntry {
  readonly value: unknown;
  readonly expiresAtMs: number;
  /** How long making the value took: what a miss costs. */
  readonly loadMs: number;
}

/** `fresh`: serve it; `stale`: serve it, and load a new value in the background; `miss`: load, and serve what was loaded. */
export type Freshness = 'fresh' | 'stale' | 'miss';

/** How long after its expiry an entry may still be served as stale: stores keep entries at least so long. */
export const LONGEST_STALE_MS = 300_000;

/** What an in-process cache keeps, as far as a protection may see and change it. */
export interface KeptValues {
  readonly totalBytes: number;
  readonly entries: number;
  /** Drops the entry that was kept longest ago; false when there is none. */
  dropOldest(): boolean;
}
