import type { KeptValues } from './caching.ts';

/** Values that are kept for ever, as a cache without a bound does. */
export interface Keeper extends KeptValues {
  put(key: string, value: unknown, sizeBytes: number): void;
  /** Forgets everything; how many bytes it was. */
  clear(): number;
}

/** Insertion order is age: a Map gives its keys in that order. */
export function createKeeper(): Keeper {
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
